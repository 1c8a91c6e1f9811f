package io.ferrymq.broker.timer;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Up to 4 KiB of entries of one {@link Bucket} in the order of their sequences, and which of them are gone. Three to
 * seven bytes a message.
 *
 * <pre>
 *   entry:  varint  (sequence - previous entry's sequence) * 4 + flags; flags: 1 durable, 2 holder follows
 *           varint  due - previous entry's due, in ms, zig-zag
 *           varint  number of the holder; without flag 2 that of the previous entry
 *
 *   page:   varint  sequence of the first entry
 *           varint  due of the first entry, ms since 1970
 *           varint  count of entries
 *           varint  count of 64-bit words, then that many: bit n is set if entry n is gone; little endian
 *           varint  length, then the entries
 * </pre>
 *
 * The first entry's gaps are from the page's own values and so 0, and its holder always follows.
 */
final class DuePage {
    static final int BYTES_MAX = 4096;
    private static final int ENTRY_BYTES_MAX = 3 * Varint.BYTES_MAX + 1;
    private static final int BYTES_FIRST = 64;
    private static final int OBJECT_BYTES = 112;
    private static final int DURABLE = 1;
    private static final int HOLDER = 2;

    private long firstSequence;
    private long firstDueMillis;
    private final DueEntry last = new DueEntry();
    private int count;
    private int goneCount;
    private byte[] bytes = new byte[BYTES_FIRST];
    private int length;
    private long @Nullable [] goneBits;
    private int foundAt;

    boolean hasRoom() {
        return length <= BYTES_MAX - ENTRY_BYTES_MAX;
    }

    long firstSequence() {
        return firstSequence;
    }

    long lastSequence() {
        return last.sequence;
    }

    boolean allGone() {
        return goneCount == count;
    }

    int liveCount() {
        return count - goneCount;
    }

    int memoryBytes() {
        long[] gone = goneBits;
        return OBJECT_BYTES + bytes.length + (gone == null ? 0 : gone.length * Long.BYTES);
    }

    /** Appends an entry. The caller has seen that there is room and that sequences increase. */
    void append(long dueMillis, long sequence, int holder, boolean durable) {
        if (count == 0) {
            firstSequence = sequence;
            firstDueMillis = dueMillis;
            last.set(dueMillis, sequence, 0, durable);
        }
        if (bytes.length - length < ENTRY_BYTES_MAX) {
            bytes = Arrays.copyOf(bytes, Math.min(BYTES_MAX, bytes.length + bytes.length / 2));
        }
        boolean otherHolder = holder != last.holder;
        write(((sequence - last.sequence) << 2) | (durable ? DURABLE : 0) | (otherHolder ? HOLDER : 0));
        long gapMillis = dueMillis - last.dueMillis;
        write((gapMillis << 1) ^ (gapMillis >> 63));
        if (otherHolder) {
            write(holder);
        }
        last.set(dueMillis, sequence, holder, durable);
        count++;
    }

    private void write(long value) {
        length = Varint.put(bytes, length, value);
    }

    private boolean isGone(int index) {
        long[] gone = goneBits;
        return gone != null && index >> 6 < gone.length && (gone[index >> 6] & (1L << index)) != 0;
    }

    private void markGone(int index) {
        long[] gone = goneBits;
        if (gone == null) {
            gone = new long[(index >> 6) + 1];
        } else if (index >> 6 >= gone.length) {
            gone = Arrays.copyOf(gone, Math.max((index >> 6) + 1, gone.length * 2));
        }
        gone[index >> 6] |= 1L << index;
        goneBits = gone;
        goneCount++;
    }

    /** Takes an entry away and shows it; false if it is not here. */
    boolean remove(long sequence, DueEntry removed) {
        if (!find(sequence, removed)) {
            return false;
        }
        markGone(foundAt);
        return true;
    }

    /** Shows the entry with this sequence; false if it is not here. */
    boolean find(long sequence, DueEntry found) {
        if (count == 0 || sequence < firstSequence || sequence > last.sequence) {
            return false;
        }
        Reader reader = new Reader(this);
        while (reader.next(found) && found.sequence <= sequence) {
            if (found.sequence == sequence) {
                foundAt = reader.index;
                return true;
            }
        }
        return false;
    }

    /** Takes away all entries of some holders and shows each. */
    void removeAll(IntPredicate ofHolder, Timetable.Visitor visitor) {
        DueEntry entry = new DueEntry();
        for (Reader reader = new Reader(this); reader.next(entry); ) {
            if (ofHolder.test(entry.holder)) {
                markGone(reader.index);
                visitor.visit(entry);
            }
        }
    }

    void forEach(Timetable.Visitor visitor) {
        DueEntry entry = new DueEntry();
        for (Reader reader = new Reader(this); reader.next(entry); ) {
            visitor.visit(entry);
        }
    }

    /** Walks the entries that are not gone. */
    private static final class Reader {
        private final DuePage page;
        private int index = -1;
        private int at;
        private long dueMillis;
        private long sequence;
        private int holder;

        Reader(DuePage page) {
            this.page = page;
            this.dueMillis = page.firstDueMillis;
            this.sequence = page.firstSequence;
        }

        /** False at the end. */
        boolean next(DueEntry entry) {
            while (index + 1 < page.count) {
                index++;
                long gapAndFlags = varint();
                sequence += gapAndFlags >>> 2;
                long raw = varint();
                dueMillis += (raw >>> 1) ^ -(raw & 1);
                if ((gapAndFlags & HOLDER) != 0) {
                    holder = (int) varint();
                }
                if (!page.isGone(index)) {
                    entry.set(dueMillis, sequence, holder, (gapAndFlags & DURABLE) != 0);
                    return true;
                }
            }
            return false;
        }

        private long varint() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = page.bytes[at++];
                value |= (long) (next & 0x7F) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }
    }

    void encode(ByteBuf out) {
        Varint.write(out, firstSequence);
        Varint.write(out, firstDueMillis);
        Varint.write(out, count);
        long[] gone = goneBits;
        Varint.write(out, gone == null ? 0 : gone.length);
        for (int i = 0; gone != null && i < gone.length; i++) {
            out.writeLongLE(gone[i]);
        }
        Varint.write(out, length);
        out.writeBytes(bytes, 0, length);
    }

    /**
     * Reads what {@link #encode} wrote, without what was not durable or whose holder nobody knows, and shows what remains.
     */
    static DuePage decode(ByteBuf in, IntPredicate isKnown, Timetable.Visitor visitor) {
        DuePage read = new DuePage();
        read.firstSequence = Varint.read(in);
        read.firstDueMillis = Varint.read(in);
        read.count = Varint.readInt(in);
        int words = Varint.readCount(in, Long.BYTES);
        if (words > 0) {
            long[] gone = new long[words];
            for (int i = 0; i < words; i++) {
                gone[i] = in.readLongLE();
            }
            read.goneBits = gone;
        }
        read.length = Varint.readCount(in, 1);
        read.bytes = new byte[read.length];
        in.readBytes(read.bytes);
        DuePage kept = new DuePage();
        read.forEach(entry -> {
            if (entry.durable && isKnown.test(entry.holder)) {
                kept.append(entry.dueMillis, entry.sequence, entry.holder, true);
                visitor.visit(entry);
            }
        });
        return kept;
    }
}
