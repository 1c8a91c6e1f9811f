package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;

/**
 * Where {@link ContentWriter} puts a stream of octets, some of them by reference. The stream is everything written to
 * {@link #buffer} and everything handed to {@link #append}, in the order of the calls.
 */
public interface FrameSink {
    /** The buffer that the next octets are written behind, with room for {@code octets}. Good until the next call. */
    ByteBuf buffer(int octets);

    /** Puts octets on the stream without copying them. The sink takes over the reference and releases it. */
    void append(ByteBuf slice);
}
