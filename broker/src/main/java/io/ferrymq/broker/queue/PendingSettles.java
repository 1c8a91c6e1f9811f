package io.ferrymq.broker.queue;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.LongConsumer;

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
    /** So many ranges are written at once: they are put in order before, which takes long for more. */
    static final int RANGES_MAX = 1 << 14;

    private static final int RANGES_FIRST = 4;
    /** Larger arrays are given up when all is written. */
    private static final int IDLE_CAPACITY_MAX = 16;

    /** What it takes on the heap beside its ranges. */
    private static final int OBJECT_BYTES = 128;

    private static final int RANGE_BYTES = 4 * Long.BYTES;
    private static final int NUMBER_BITS = 24;

    private final int level;
    private long[] firsts = new long[RANGES_FIRST];
    private long[] lasts = new long[RANGES_FIRST];
    private long[] firstOrdinals = new long[RANGES_FIRST];
    private long[] lastOrdinals = new long[RANGES_FIRST];
    private final LongConsumer held;
    private int count;
    private boolean ordered = true;

    /** {@code held} is told of all memory that it takes and gives back. */
    PendingSettles(int level, LongConsumer held) {
        this.level = level;
        this.held = held;
        held.accept(memoryBytes());
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count >= RANGES_MAX;
    }

    void add(Entry entry) {
        if (count > 0 && entry.ordinal == lastOrdinals[count - 1] + 1) {
            lasts[count - 1] = entry.sequence;
            lastOrdinals[count - 1] = entry.ordinal;
            return;
        }
        if (count == firsts.length) {
            resize(count * 2);
        }
        ordered &= count == 0 || entry.ordinal > lastOrdinals[count - 1];
        firsts[count] = entry.sequence;
        lasts[count] = entry.sequence;
        firstOrdinals[count] = entry.ordinal;
        lastOrdinals[count++] = entry.ordinal;
    }

    long memoryBytes() {
        return OBJECT_BYTES + (long) firsts.length * RANGE_BYTES;
    }

    private void resize(int capacity) {
        held.accept((long) (capacity - firsts.length) * RANGE_BYTES);
        firsts = Arrays.copyOf(firsts, capacity);
        lasts = Arrays.copyOf(lasts, capacity);
        firstOrdinals = Arrays.copyOf(firstOrdinals, capacity);
        lastOrdinals = Arrays.copyOf(lastOrdinals, capacity);
    }

    /** Writes all ranges, in the order of the queue and neighbours as one, and forgets them. */
    void drain(long queueNumber, ByteBuf out) {
        if (!ordered) {
            order();
        }
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
        ordered = true;
        if (firsts.length > IDLE_CAPACITY_MAX) {
            resize(RANGES_FIRST);
        }
    }

    /** Consumers take turns, and so do their settlements: what they settled together are few ranges all the same. */
    private void order() {
        long[] keys = new long[count];
        long lowest = firstOrdinals[0];
        for (int i = 1; i < count; i++) {
            lowest = Math.min(lowest, firstOrdinals[i]);
        }
        for (int i = 0; i < count; i++) {
            keys[i] = (firstOrdinals[i] - lowest) << NUMBER_BITS | i;
        }
        Arrays.sort(keys);
        PendingSettles sorted = new PendingSettles(level, _ -> {});
        for (long key : keys) {
            sorted.append(this, (int) (key & ((1 << NUMBER_BITS) - 1)));
        }
        held.accept((long) (sorted.firsts.length - firsts.length) * RANGE_BYTES);
        firsts = sorted.firsts;
        lasts = sorted.lasts;
        firstOrdinals = sorted.firstOrdinals;
        lastOrdinals = sorted.lastOrdinals;
        count = sorted.count;
    }

    /** Adds a range of another, which comes behind all that are here. */
    private void append(PendingSettles other, int range) {
        if (count > 0 && other.firstOrdinals[range] == lastOrdinals[count - 1] + 1) {
            lasts[count - 1] = other.lasts[range];
            lastOrdinals[count - 1] = other.lastOrdinals[range];
            return;
        }
        if (count == firsts.length) {
            resize(count * 2);
        }
        firsts[count] = other.firsts[range];
        lasts[count] = other.lasts[range];
        firstOrdinals[count] = other.firstOrdinals[range];
        lastOrdinals[count++] = other.lastOrdinals[range];
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
