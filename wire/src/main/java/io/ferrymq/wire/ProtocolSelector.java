package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Says whether a connection's first bytes are those of one protocol.
 *
 * <p>Thread contract: stateless; called on any lane.
 */
@FunctionalInterface
public interface ProtocolSelector {
    /** The three answers. */
    enum Answer {
        /** These bytes cannot begin a connection of this protocol. */
        NO,
        /** What is there may still become this protocol. */
        NEED_MORE,
        /** This is the protocol. */
        YES
    }

    /** Looks at the readable bytes, of which there is at least one, and leaves the buffer's indexes as they are. */
    Answer examine(ByteBuf firstBytes);

    /** A selector for a protocol whose connections begin with these ASCII characters. */
    static ProtocolSelector startsWith(String ascii) {
        byte[] prefix = ascii.getBytes(StandardCharsets.US_ASCII);
        return firstBytes -> {
            int count = Math.min(prefix.length, firstBytes.readableBytes());
            for (int i = 0; i < count; i++) {
                if (firstBytes.getByte(firstBytes.readerIndex() + i) != prefix[i]) {
                    return Answer.NO;
                }
            }
            return count == prefix.length ? Answer.YES : Answer.NEED_MORE;
        };
    }
}
