/**
 * The way to a broker over the network: AMQP 0-9-1 with confirms, by RabbitMQ's client.
 *
 * <p><b>Owns</b> two connections, one to publish on and one to consume on, so that a broker that stops publishers does not
 * stop acknowledgements; what was declared, consumed and not confirmed, so that all of it can be restored.
 *
 * <p><b>Threads.</b> One worker owns all state and makes all requests; waiting for an answer of the broker, it lets others
 * wait. What RabbitMQ's client calls back becomes a task of the worker, but for deliveries, which go to their listener
 * straight from its threads, one at a time for each consumer.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>What the transport promises ({@code AmqpTransportTest}, in {@code conformance}).
 *   <li>A broker that is killed loses nothing that was confirmed, and what was not is sent again in order ({@code
 *       AmqpRestartTest}).
 * </ul>
 */
@NullMarked
package io.ferrymq.client.amqp;

import org.jspecify.annotations.NullMarked;
