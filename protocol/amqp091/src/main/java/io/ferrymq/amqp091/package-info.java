/**
 * AMQP 0-9-1 sessions with RabbitMQ's visible behaviour: from the first eight bytes of a connection to its last.
 *
 * <p><b>Owns</b> what a client can see of its connection: handshake and limits, channels, consumers and their prefetch,
 * delivery tags, confirms, transactions, and the words of every refusal. Messages, queues and exchanges belong to the
 * broker and are reached through {@link io.ferrymq.broker.Link}; octets are read and written by {@link
 * io.ferrymq.amqp091.codec}.
 *
 * <p><b>Threads.</b> Everything of one connection runs on its lane; nothing here is shared between connections but
 * immutable options and the {@link io.ferrymq.amqp091.LinkOpener}.
 *
 * <p><b>The way of a frame.</b> {@code ConnectionSession} cuts frames and keeps the connection's phase; until it runs
 * they go to {@code Handshake}, then to {@code Channels}, which finds the {@code Channel}. A {@code basic.publish} is
 * gathered by {@code ContentAssembly} and judged by {@code Publisher}; settlements go to {@code UnsettledWindow};
 * everything else is decoded and answered by the handler of its class. What is to be sent is written behind one buffer,
 * {@code OutboundBuffer}, which is flushed once when the lane's turn ends.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>Any bytes end in an answer, a closed channel or a closed connection, never in an exception that leaves the
 *       session ({@code SessionFuzz}).
 *   <li>Confirms leave in the order of the messages that they confirm ({@code ConfirmsProperties}).
 *   <li>Every delivery is settled exactly once, by the client or by the end of its channel ({@code
 *       UnsettledWindowProperties}, {@code ConsumeTest}).
 *   <li>While an answer waits for the disk nothing that the client sent later takes effect ({@code ChannelTest}).
 *   <li>Memory for a connection is bounded: unfinished bodies, unsent bytes and held transactions have limits ({@code
 *       PublishTest}, {@code ConsumeTest}).
 * </ul>
 *
 * <p><b>Specification.</b> AMQP 0-9-1 with RabbitMQ's extensions; where the two differ, RabbitMQ 4.
 */
@NullMarked
package io.ferrymq.amqp091;

import org.jspecify.annotations.NullMarked;
