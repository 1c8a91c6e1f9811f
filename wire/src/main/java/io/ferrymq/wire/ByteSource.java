package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * A long stretch of a connection's outbound bytes, made when the peer can take them and not before: a large message that
 * waits for a slow peer costs what it keeps of the message's memory, which others may share, and no copy.
 *
 * <p>Thread contract: on the connection's lane only.
 */
public interface ByteSource {
    /** How many bytes are still to be given. */
    long remaining();

    /** Gives the next bytes in one or more buffers, whose ownership passes: about {@code bytesMax}, and at least one byte. */
    void give(int bytesMax, Consumer<ByteBuf> taker);

    /** A buffer of the memory that this source keeps. */
    ByteBuf memory();

    /** Lets go of what was not given. */
    void release();
}
