package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A sink that joins everything to one buffer and counts what came by reference. */
final class JoiningSink implements FrameSink {
    private final ByteBuf joined = Unpooled.buffer();
    private int slices;

    @Override
    public ByteBuf buffer(int octets) {
        return joined.ensureWritable(octets);
    }

    @Override
    public void append(ByteBuf slice) {
        slices++;
        joined.writeBytes(slice);
        slice.release();
    }

    ByteBuf joined() {
        return joined;
    }

    int slices() {
        return slices;
    }
}
