/**
 * AMQP 0-9-1 on the wire, with RabbitMQ's extensions: frames, methods, field tables, content headers.
 *
 * <p><b>Owns</b> nothing: it turns bytes into values and values into bytes, on Netty's {@code ByteBuf} alone. No
 * socket, no channel state, no broker. Whether a method is allowed now, on this channel, from this peer, is the
 * session's question.
 *
 * <p><b>Threads.</b> Records, enums and {@link io.ferrymq.amqp091.codec.LongString} are immutable. A flyweight (
 * {@link io.ferrymq.amqp091.codec.FrameReader}, {@link io.ferrymq.amqp091.codec.ContentHeader}, {@link
 * io.ferrymq.amqp091.codec.BasicProperties}, the views) belongs to one thread and shows the bytes it was last pointed
 * at, which must stay untouched and unreleased meanwhile.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>Any bytes give a value, a wish for more bytes, or a {@link io.ferrymq.amqp091.codec.MalformedFrameException};
 *       never another exception ({@code FrameFuzz}, {@code MethodFuzz}, {@code ContentFuzz}).
 *   <li>Memory used is proportional to the bytes that arrived, never to a length that they claim ({@code
 *       FieldTableFuzz}).
 *   <li>What is encoded decodes to an equal value ({@code MethodProperties}, {@code FieldTableProperties}).
 *   <li>An edited property list keeps every untouched property byte for byte ({@code PropertyEditorProperties}).
 * </ul>
 *
 * <p><b>Specification.</b> AMQP 0-9-1, chapter 4 (technical specifications) and the class reference (clauses 1.4 to
 * 1.9); where RabbitMQ's clients differ from it (field types, extension methods), what RabbitMQ does. All numbers are
 * big-endian (clause 4.2.5.1).
 */
@NullMarked
package io.ferrymq.amqp091.codec;

import org.jspecify.annotations.NullMarked;
