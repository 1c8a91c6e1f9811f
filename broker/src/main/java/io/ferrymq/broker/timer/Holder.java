package io.ferrymq.broker.timer;

/**
 * The exchange that holds a delayed message until it is due, and then routes it.
 *
 * @param exchange its name; empty for the default exchange
 */
public record Holder(String vhost, String exchange) {}
