package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A window on one record, positioned by {@link CommandLog#read} or handed to {@link RecoveryTarget}. It owns nothing:
 * whoever needs bytes for longer copies them or calls {@link ByteBuf#retainedSlice}.
 */
public final class RecordView {
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int offset;
    private int length;
    private byte type;
    private long sequence;

    /** Points this view at {@code length} payload bytes of {@code buffer} from {@code offset}. */
    public void wrap(long sequence, byte type, ByteBuf buffer, int offset, int length) {
        this.sequence = sequence;
        this.type = type;
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
    }

    /** The payload's first bytes, at most {@code bytesMax}. */
    byte[] copy(int bytesMax) {
        byte[] copy = new byte[Math.min(length, bytesMax)];
        buffer.getBytes(offset, copy);
        return copy;
    }

    /** The buffer that holds the payload; absolute indexes from {@link #offset}. */
    public ByteBuf buffer() {
        return buffer;
    }

    /** Index of the payload's first byte in {@link #buffer}. */
    public int offset() {
        return offset;
    }

    /** Payload length in bytes. */
    public int length() {
        return length;
    }

    /** The type given to {@link CommandLog#append}. */
    public byte type() {
        return type;
    }

    /** The record's sequence. */
    public long sequence() {
        return sequence;
    }
}
