package io.ferrymq.broker.message;

import io.netty.buffer.ByteBuf;

/** Unsigned little-endian base-128 integers: seven bits a byte, the top bit says that more follow; 1 to 9 bytes. */
public final class Varint {
    /** Bytes that the longest value takes. */
    public static final int BYTES_MAX = 9;

    private Varint() {}

    /** Appends a value that must not be negative. */
    public static void write(ByteBuf out, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("negative: " + value);
        }
        long rest = value;
        while (rest > 0x7F) {
            out.writeByte((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    /** Puts a value of 64 bits, without a sign, at an index of an array that has ten bytes there; returns the index behind it. */
    public static int put(byte[] bytes, int index, long value) {
        int at = index;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
        return at;
    }

    /** Reads a value; fails if it is longer than {@link #BYTES_MAX} bytes. */
    public static long read(ByteBuf in) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            byte next = in.readByte();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("not a varint");
    }

    /** Reads the number of things that follow, each of at least so many bytes: no more than there are bytes for. */
    public static int readCount(ByteBuf in, int bytesEach) {
        long count = read(in);
        if (count > in.readableBytes() / bytesEach) {
            throw new IllegalArgumentException("a count of " + count + " with " + in.readableBytes() + " bytes left");
        }
        return (int) count;
    }

    /** Reads a value that must fit a length or count. */
    public static int readInt(ByteBuf in) {
        long value = read(in);
        if (value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("too large: " + value);
        }
        return (int) value;
    }
}
