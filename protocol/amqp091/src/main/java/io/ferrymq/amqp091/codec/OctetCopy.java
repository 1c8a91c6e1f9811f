package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * Octets from one buffer behind another. Netty without Unsafe makes two or three views for every copy from one direct
 * buffer to another, which is most of what a broker that delivers small messages would allocate; the JDK's absolute bulk
 * put on the buffers' own cached views makes none.
 */
final class OctetCopy {
    private OctetCopy() {}

    /** Writes {@code length} octets from the absolute index {@code offset} of {@code from}, whose indexes do not move. */
    static void append(ByteBuf out, ByteBuf from, int offset, int length) {
        if (out.hasArray() || from.hasArray() || from.nioBufferCount() != 1 || out.nioBufferCount() != 1) {
            out.writeBytes(from, offset, length);
            return;
        }
        out.ensureWritable(length);
        int at = out.writerIndex();
        ByteBuffer source = from.internalNioBuffer(offset, length);
        ByteBuffer target = out.internalNioBuffer(at, length);
        target.put(target.position(), source, source.position(), length);
        out.writerIndex(at + length);
    }
}
