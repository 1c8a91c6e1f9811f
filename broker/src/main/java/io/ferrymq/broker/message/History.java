package io.ferrymq.broker.message;

import java.util.List;

/**
 * What happened to a message inside the broker, beside the bytes that it came in. Protocols show it as headers.
 *
 * @param deaths newest first, one for each queue and reason
 * @param first the first death of all
 * @param expirationRemoved whether the sender's expiration no longer counts and is not shown
 * @param extraKeysRemoved whether the sender's CC keys no longer count and are not shown
 */
public record History(List<Death> deaths, Death first, boolean expirationRemoved, boolean extraKeysRemoved) {}
