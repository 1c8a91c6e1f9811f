package io.ferrymq.broker;

import java.util.Set;

/**
 * Who a client is.
 *
 * @param user the name that permissions are given to
 * @param tags such as {@code administrator} or {@code impersonator}
 */
public record Identity(String user, Set<String> tags) {}
