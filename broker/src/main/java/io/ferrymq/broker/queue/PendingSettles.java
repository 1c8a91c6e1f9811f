package io.ferrymq.broker.queue;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * What was settled in one queue and is not in the log yet. Neighbours in the queue become one range of sequences: every
 * entry of the queue within a range is settled.
 *
 * <pre>
 *   varint  queue number
 *   u8      level
 *   varint  count of ranges
 *   range:  varint  first sequence, relative to the range before; zig-zag
 *           varint  last sequence - first sequence
 * </pre>
 *
 * A settle record is any number of these, one after the other.
 */
final class PendingSettles {
    private static final int RANGES_FIRST = 4;

    private final int level;
    private long[] firsts = new long[RANGES_FIRST];
    private long[] lasts = new long[RANGES_FIRST];
    private int count;
    private long lastOrdinal;

    PendingSettles(int level) {
        this.level = level;
    }

    boolean isEmpty() {
        return count == 0;
    }

    void add(Entry entry) {
        if (count > 0 && entry.ordinal == lastOrdinal + 1) {
            lasts[count - 1] = entry.sequence;
        } else {
            if (count == firsts.length) {
                firsts = Arrays.copyOf(firsts, count * 2);
                lasts = Arrays.copyOf(lasts, count * 2);
            }
            firsts[count] = entry.sequence;
            lasts[count++] = entry.sequence;
        }
        lastOrdinal = entry.ordinal;
    }

    /** Writes all ranges and forgets them. */
    void drain(long queueNumber, ByteBuf out) {
        Varint.write(out, queueNumber);
        out.writeByte(level);
        Varint.write(out, count);
        long previous = 0;
        for (int i = 0; i < count; i++) {
            long delta = firsts[i] - previous;
            Varint.write(out, (delta << 1) ^ (delta >> 63));
            Varint.write(out, lasts[i] - firsts[i]);
            previous = lasts[i];
        }
        count = 0;
        if (firsts.length > 1024) {
            firsts = new long[RANGES_FIRST];
            lasts = new long[RANGES_FIRST];
        }
    }

    /** Reads a whole settle record. */
    static void read(ByteBuf in, Queue.SettleVisitor visitor) {
        while (in.isReadable()) {
            long queueNumber = Varint.read(in);
            int level = in.readUnsignedByte();
            int ranges = Varint.readInt(in);
            long previous = 0;
            for (int i = 0; i < ranges; i++) {
                long raw = Varint.read(in);
                long first = previous + ((raw >>> 1) ^ -(raw & 1));
                long last = first + Varint.read(in);
                visitor.settled(queueNumber, level, first, last);
                previous = last;
            }
        }
    }
}
