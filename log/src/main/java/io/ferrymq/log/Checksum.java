package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A CRC32C under construction. One instance is reused by one thread.
 *
 * <p>A seed is fed as eight bytes before the content: with a segment's generation as the seed, bytes that an earlier
 * life of the same file left behind can never pass.
 */
final class Checksum {
    private final CRC32C crc = new CRC32C();

    Checksum reset() {
        crc.reset();
        return this;
    }

    Checksum seed(long seed) {
        crc.reset();
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            crc.update((int) (seed >>> shift));
        }
        return this;
    }

    /** Adds a range of absolute indexes; position and limit are left at the buffer's ends. */
    Checksum update(ByteBuffer bytes, int offset, int length) {
        bytes.limit(offset + length).position(offset);
        crc.update(bytes);
        bytes.clear();
        return this;
    }

    /** Adds the readable bytes of every part. */
    Checksum update(ByteBuffer[] parts) {
        for (ByteBuffer part : parts) {
            crc.update(part.duplicate());
        }
        return this;
    }

    Checksum update(ByteBuf bytes) {
        return update(bytes.nioBuffers());
    }

    int value() {
        return (int) crc.getValue();
    }
}
