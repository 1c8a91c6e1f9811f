package io.ferrymq.broker.queue;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Up to 4 KiB of consecutive index entries of one chain, and which of them are settled. About 3 bytes a message.
 *
 * <pre>
 *   entry:  varint  (sequence - previous entry's sequence) * 4 + flags; flags: 1 durable, 2 expires
 *           varint  body bytes
 *           varint  expiry in ms, relative to the page's expiry base, zig-zag        only with flag 2
 * </pre>
 *
 * The first entry's gap is from the page's first sequence and so 0. Settled entries are counted as a prefix while they
 * are settled in order; a bitmap exists only when they are not.
 */
final class IndexPage {
    static final int BYTES_MAX = 4096;
    private static final int ENTRY_BYTES_MAX = 3 * Varint.BYTES_MAX;
    private static final int BYTES_FIRST = 64;
    /** What it takes on the heap with an empty array of entries. */
    private static final int OBJECT_BYTES = 96;

    private static final int ARRAY_BYTES = 16;
    private static final int DURABLE = 1;
    private static final int EXPIRES = 2;
    private static final int MARK_SPACING = 128;
    private static final int MARK_AT_BITS = 13;
    private static final int MARK_AT_MASK = (1 << MARK_AT_BITS) - 1;

    long firstOrdinal;
    long firstSequence;
    long lastSequence;
    int count;
    int settledCount;

    @Nullable IndexPage next;

    private byte[] bytes = new byte[BYTES_FIRST];
    private int length;
    private long expiryBaseMillis;
    private int settledPrefix;
    private long @Nullable [] settledBits;
    /** For each {@value #MARK_SPACING} entries where they end, and the last one's distance from the first; only in recovery. */
    private long @Nullable [] marks;

    private int markCount;

    IndexPage(long firstOrdinal) {
        this.firstOrdinal = firstOrdinal;
    }

    /** Forgets everything and starts again from {@code ordinal}; only for a page whose entries are all settled. */
    void reset(long ordinal) {
        firstOrdinal = ordinal;
        count = 0;
        settledCount = 0;
        length = 0;
        settledPrefix = 0;
        settledBits = null;
        forgetMarks();
    }

    boolean hasRoom() {
        return length <= BYTES_MAX - ENTRY_BYTES_MAX;
    }

    long endOrdinal() {
        return firstOrdinal + count;
    }

    boolean allSettled() {
        return settledCount == count;
    }

    int memoryBytes() {
        long[] bits = settledBits;
        return OBJECT_BYTES + bytes.length + (bits == null ? 0 : ARRAY_BYTES + bits.length * Long.BYTES);
    }

    /** Appends an entry with the next ordinal. The caller has seen that there is room and that sequences increase. */
    void append(long sequence, int bodyBytes, boolean durable, long expiresAtMillis) {
        if (count == 0) {
            firstSequence = sequence;
            lastSequence = sequence;
            expiryBaseMillis = expiresAtMillis == Entry.NEVER ? 0 : expiresAtMillis;
        }
        if (bytes.length - length < ENTRY_BYTES_MAX) {
            bytes = Arrays.copyOf(bytes, Math.min(BYTES_MAX, bytes.length * 4));
        }
        boolean expires = expiresAtMillis != Entry.NEVER;
        write(((sequence - lastSequence) << 2) | (durable ? DURABLE : 0) | (expires ? EXPIRES : 0));
        write(bodyBytes);
        if (expires) {
            long delta = expiresAtMillis - expiryBaseMillis;
            write((delta << 1) ^ (delta >> 63));
        }
        lastSequence = sequence;
        count++;
    }

    private void write(long value) {
        length = Varint.put(bytes, length, value);
    }

    /** Whether the entry with this ordinal, which must be in the page, is settled. */
    boolean isSettled(long ordinal) {
        int i = (int) (ordinal - firstOrdinal);
        long[] bits = settledBits;
        return i < settledPrefix || (bits != null && i >> 6 < bits.length && (bits[i >> 6] & (1L << i)) != 0);
    }

    /** Marks an entry as settled; false if it was already. */
    boolean settle(long ordinal) {
        if (isSettled(ordinal)) {
            return false;
        }
        int i = (int) (ordinal - firstOrdinal);
        settledCount++;
        if (i == settledPrefix) {
            settledPrefix++;
            absorbBits();
        } else {
            setBit(i);
        }
        return true;
    }

    private void setBit(int i) {
        long[] bits = settledBits;
        if (bits == null) {
            bits = new long[(i >> 6) + 1];
        } else if (i >> 6 >= bits.length) {
            bits = Arrays.copyOf(bits, Math.max((i >> 6) + 1, bits.length * 2));
        }
        bits[i >> 6] |= 1L << i;
        settledBits = bits;
    }

    private void absorbBits() {
        long[] bits = settledBits;
        while (bits != null
                && settledPrefix < count
                && settledPrefix >> 6 < bits.length
                && (bits[settledPrefix >> 6] & (1L << settledPrefix)) != 0) {
            settledPrefix++;
        }
    }

    /** A reader that comes to the entry of this sequence soon, and has not passed it. */
    Reader readerBefore(long wanted) {
        Reader reader = new Reader(this);
        if (count <= MARK_SPACING) {
            return reader;
        }
        long[] known = marksUpToDate();
        int low = -1;
        int high = markCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firstSequence + (known[middle] >>> MARK_AT_BITS) < wanted) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        if (low >= 0) {
            reader.at = (int) known[low] & MARK_AT_MASK;
            reader.read = (low + 1) * MARK_SPACING;
            reader.sequence = firstSequence + (known[low] >>> MARK_AT_BITS);
        }
        return reader;
    }

    private long[] marksUpToDate() {
        long[] known = marks == null ? new long[0] : marks;
        int most = count / MARK_SPACING;
        if (markCount < most) {
            known = Arrays.copyOf(known, most);
            mark(known);
            marks = known;
        }
        return known;
    }

    private void mark(long[] known) {
        Reader walker = new Reader(this);
        Entry passed = new Entry();
        for (markCount = 0; markCount < known.length; markCount++) {
            for (int i = 0; i < MARK_SPACING; i++) {
                walker.next(passed);
            }
            known[markCount] = (walker.sequence - firstSequence) << MARK_AT_BITS | walker.at;
        }
    }

    void forgetMarks() {
        marks = null;
        markCount = 0;
    }

    /** Walks a page from its start, or from where it was left; entries appended meanwhile are seen. */
    static final class Reader {
        private IndexPage page;
        private int at;
        private int read;
        private long sequence;

        Reader(IndexPage page) {
            this.page = page;
            this.sequence = page.firstSequence;
        }

        /** Goes on from where another reader is. */
        Reader(Reader other) {
            page = other.page;
            at = other.at;
            read = other.read;
            sequence = other.sequence;
        }

        IndexPage page() {
            return page;
        }

        /** Ordinal of the entry that {@link #next} would give. */
        long ordinal() {
            return page.firstOrdinal + read;
        }

        void moveTo(IndexPage other) {
            page = other;
            at = 0;
            read = 0;
            sequence = other.firstSequence;
        }

        boolean atEnd() {
            return read == page.count;
        }

        /** Reads the next entry of this page into {@code entry}. */
        void next(Entry entry) {
            if (read == 0) {
                sequence = page.firstSequence;
            }
            long gapAndFlags = varint();
            sequence += gapAndFlags >>> 2;
            entry.ordinal = page.firstOrdinal + read;
            entry.sequence = sequence;
            entry.durable = (gapAndFlags & DURABLE) != 0;
            entry.bodyBytes = (int) varint();
            entry.expiresAtMillis = (gapAndFlags & EXPIRES) == 0 ? Entry.NEVER : page.expiryBaseMillis + zigZag();
            read++;
        }

        private long zigZag() {
            long raw = varint();
            return (raw >>> 1) ^ -(raw & 1);
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

    /** Writes the page as it is. */
    void encode(ByteBuf out) {
        Varint.write(out, firstSequence);
        Varint.write(out, lastSequence - firstSequence);
        Varint.write(out, count);
        out.writeLongLE(expiryBaseMillis);
        Varint.write(out, settledCount);
        Varint.write(out, settledPrefix);
        long[] bits = settledBits;
        Varint.write(out, bits == null ? 0 : bits.length);
        for (int i = 0; bits != null && i < bits.length; i++) {
            out.writeLongLE(bits[i]);
        }
        Varint.write(out, length);
        out.writeBytes(bytes, 0, length);
    }

    /** Reads a page that {@link #encode} wrote. */
    static IndexPage decode(ByteBuf in, long firstOrdinal) {
        IndexPage page = new IndexPage(firstOrdinal);
        page.firstSequence = Varint.read(in);
        page.lastSequence = page.firstSequence + Varint.read(in);
        page.count = Varint.readInt(in);
        page.expiryBaseMillis = in.readLongLE();
        page.settledCount = Varint.readInt(in);
        page.settledPrefix = Varint.readInt(in);
        int words = Varint.readCount(in, Long.BYTES);
        if (words > 0) {
            long[] bits = new long[words];
            for (int i = 0; i < words; i++) {
                bits[i] = in.readLongLE();
            }
            page.settledBits = bits;
        }
        page.length = Varint.readCount(in, 1);
        page.bytes = new byte[Math.max(page.length, BYTES_FIRST)];
        in.readBytes(page.bytes, 0, page.length);
        return page;
    }
}
