/**
 * Where a message goes.
 *
 * <p><b>Owns</b> the routes of every exchange, in the form that answers a message fastest, and the results kept for
 * messages like it. What is declared and who is bound to whom is {@code topology}'s; it tells this package of every
 * change through {@link io.ferrymq.broker.routing.RoutingTable}.
 *
 * <p><b>Threads.</b> Everything here is owned by the shard's lane.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A destination is found once, however many routes lead to it ({@code TopologyProperties}).
 *   <li>Exchanges bound in a circle do not hold a message up ({@code TopologyRoutingTest}).
 *   <li>A kept result is what routing anew would find ({@code TopologyProperties}, {@code RouteCacheTest}).
 *   <li>A removed route leaves nothing behind ({@code TopicTrieProperties}, {@code RouteSetProperties}).
 *   <li>Routing time does not grow with routes that cannot match, except in headers and consistent hash exchanges, and
 *       for no pattern grows out of bounds ({@code TopicExchangeTest}).
 * </ul>
 *
 * <p><b>Specification.</b> AMQP 0-9-1, 3.1.3 (exchange types); RabbitMQ's extensions: exchange to exchange bindings,
 * alternate exchanges, sender-selected distribution (CC and BCC), {@code any-with-x} and {@code all-with-x}, {@code
 * x-consistent-hash}.
 */
@NullMarked
package io.ferrymq.broker.routing;

import org.jspecify.annotations.NullMarked;
