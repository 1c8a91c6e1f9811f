/**
 * The lower level: queues, exchanges and messages as any AMQP 0-9-1 broker has them, over one of three transports.
 *
 * <p><b>Owns</b> nothing but the words: what a transport is asked and what it answers. A {@link
 * io.ferrymq.client.transport.TransportProvider} brings a transport for the scheme of a URI and is found by {@link
 * java.util.ServiceLoader}.
 *
 * <p><b>Threads.</b> A transport may be called by any thread and never blocks, but in {@code open} and {@code close}.
 * Its futures complete, and its listeners are called, on a thread of its own: what is attached there must be short and
 * must not block.
 *
 * <p><b>Invariants</b>, each a test of {@code TransportContract}:
 *
 * <ul>
 *   <li>A publish completes normally only when the broker is responsible for the message.
 *   <li>Messages of one caller reach a queue in the order of the calls.
 *   <li>A delivery is settled once; what was not settled comes again.
 *   <li>After {@code close} every future has completed.
 * </ul>
 *
 * <p><b>Specification.</b> AMQP 0-9-1; RabbitMQ: confirms, direct reply-to, queue arguments.
 */
@NullMarked
package io.ferrymq.client.transport;

import org.jspecify.annotations.NullMarked;
