package io.ferrymq.broker.timer;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one holder that were due and that it could not take yet, in the order in which they came here: pages of
 * bytes, three to seven for each. The first one is to be tried again, the others behind it.
 *
 * <pre>
 *   list:   varint count, then that many entries
 *   entry:  varint  (sequence - previous entry's sequence, zig-zag) * 2 + 1 if it is durable
 *           varint  due - previous entry's due, in ms, zig-zag
 * </pre>
 *
 * In memory the first entry of each page follows zeros, and so do those of a list that is written.
 */
final class Waitlist {
    private static final int OBJECT_BYTES = 160;
    private static final int PAGE_OBJECT_BYTES = 96;
    private static final int PAGE_BYTES_MAX = 4096;
    private static final int PAGE_BYTES_FIRST = 64;
    private static final int ENTRY_BYTES_MAX = 20;

    /** Entries of one after the other. */
    private static final class Page {
        byte[] bytes = new byte[PAGE_BYTES_FIRST];
        int length;
        int count;
        long lowest = Long.MAX_VALUE;
        long highest;
        long lastSequence;
        long lastDueMillis;

        // Where the first entry begins that is left, and what it follows.
        int firstAt;
        long beforeSequence;
        long beforeDueMillis;

        boolean hasRoom() {
            return length <= PAGE_BYTES_MAX - ENTRY_BYTES_MAX;
        }

        void append(long dueMillis, long sequence, boolean durable) {
            if (bytes.length - length < ENTRY_BYTES_MAX) {
                bytes = Arrays.copyOf(bytes, Math.min(PAGE_BYTES_MAX, bytes.length * 2));
            }
            write((zigZag(sequence - lastSequence) << 1) | (durable ? 1 : 0));
            write(zigZag(dueMillis - lastDueMillis));
            lastSequence = sequence;
            lastDueMillis = dueMillis;
            lowest = Math.min(lowest, sequence);
            highest = Math.max(highest, sequence);
            count++;
        }

        private void write(long value) {
            length = Varint.put(bytes, length, value);
        }

        int memoryBytes() {
            return PAGE_OBJECT_BYTES + bytes.length;
        }
    }

    /** Walks the entries of a page. */
    private static final class Reader {
        private final Page page;
        private int at;
        private long sequence;
        private long dueMillis;

        Reader(Page page) {
            this.page = page;
            at = page.firstAt;
            sequence = page.beforeSequence;
            dueMillis = page.beforeDueMillis;
        }

        boolean next(int holder, DueEntry entry) {
            if (at == page.length) {
                return false;
            }
            long gapAndFlag = varint();
            sequence += unZigZag(gapAndFlag >>> 1);
            dueMillis += unZigZag(varint());
            entry.set(dueMillis, sequence, holder, (gapAndFlag & 1) != 0);
            return true;
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

    private final int holder;
    private final ArrayDeque<Page> pages = new ArrayDeque<>(1);
    private final DueEntry scratch = new DueEntry();
    private long bytes = OBJECT_BYTES;
    /** When the first one is to be tried. */
    private long untilMillis;

    Waitlist(int holder) {
        this.holder = holder;
    }

    private static long zigZag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    private static long unZigZag(long value) {
        return (value >>> 1) ^ -(value & 1);
    }

    long untilMillis() {
        return untilMillis;
    }

    void tryAt(long millis) {
        untilMillis = millis;
    }

    void add(long dueMillis, long sequence, boolean durable) {
        @Nullable Page last = pages.peekLast();
        if (last == null || !last.hasRoom()) {
            last = new Page();
            pages.add(last);
            bytes += last.memoryBytes();
        }
        bytes -= last.memoryBytes();
        last.append(dueMillis, sequence, durable);
        bytes += last.memoryBytes();
    }

    boolean isEmpty() {
        return pages.isEmpty();
    }

    boolean peek(DueEntry first) {
        @Nullable Page page = pages.peek();
        return page != null && new Reader(page).next(holder, first);
    }

    boolean isFirst(long sequence) {
        return peek(scratch) && scratch.sequence == sequence;
    }

    /** Shows the entry with this sequence; false if it is not here. */
    boolean find(long sequence, DueEntry found) {
        return pageOf(sequence, found) != null;
    }

    private @Nullable Page pageOf(long sequence, DueEntry found) {
        for (Page page : pages) {
            if (find(page, sequence, found)) {
                return page;
            }
        }
        return null;
    }

    private boolean find(Page page, long sequence, DueEntry found) {
        if (sequence < page.lowest || sequence > page.highest) {
            return false;
        }
        for (Reader reader = new Reader(page); reader.next(holder, found); ) {
            if (found.sequence == sequence) {
                return true;
            }
        }
        return false;
    }

    /** Takes an entry away and shows it; false if it is not here. */
    boolean remove(long sequence, DueEntry removed) {
        if (isFirst(sequence)) {
            removed.set(scratch.dueMillis, sequence, holder, scratch.durable);
            removeFirst();
            return true;
        }
        Page page = pageOf(sequence, removed);
        if (page == null) {
            return false;
        }
        bytes -= page.memoryBytes();
        removeFrom(page, sequence);
        if (page.count == 0) {
            pages.remove(page);
        } else {
            bytes += page.memoryBytes();
        }
        return true;
    }

    private void removeFirst() {
        Page page = pages.element();
        if (--page.count == 0) {
            takePage();
            return;
        }
        Reader reader = new Reader(page);
        reader.next(holder, scratch);
        page.firstAt = reader.at;
        page.beforeSequence = reader.sequence;
        page.beforeDueMillis = reader.dueMillis;
    }

    /** Writes the page anew without one entry. */
    private void removeFrom(Page page, long sequence) {
        Page kept = new Page();
        for (Reader reader = new Reader(page); reader.next(holder, scratch); ) {
            if (scratch.sequence != sequence) {
                kept.append(scratch.dueMillis, scratch.sequence, scratch.durable);
            }
        }
        page.bytes = kept.bytes;
        page.length = kept.length;
        page.count = kept.count;
        page.lastSequence = kept.lastSequence;
        page.lastDueMillis = kept.lastDueMillis;
        page.firstAt = 0;
        page.beforeSequence = 0;
        page.beforeDueMillis = 0;
    }

    private void takePage() {
        bytes -= pages.remove().memoryBytes();
    }

    /** Takes out the first page, and shows its entries. There is one. */
    int takePage(Timetable.Visitor visitor) {
        Page page = pages.element();
        takePage();
        for (Reader reader = new Reader(page); reader.next(holder, scratch); ) {
            visitor.visit(scratch);
        }
        return page.count;
    }

    void forEach(Timetable.Visitor visitor) {
        DueEntry entry = new DueEntry();
        for (Page page : pages) {
            for (Reader reader = new Reader(page); reader.next(holder, entry); ) {
                visitor.visit(entry);
            }
        }
    }

    long memoryBytes() {
        return bytes;
    }

    /** Writes the entries that are durable. */
    void encode(ByteBuf out) {
        long[] count = {0};
        forEach(entry -> count[0] += entry.durable ? 1 : 0);
        Varint.write(out, count[0]);
        DueEntry last = new DueEntry();
        forEach(entry -> {
            if (entry.durable) {
                Varint.write(out, (zigZag(entry.sequence - last.sequence) << 1) | 1);
                Varint.write(out, zigZag(entry.dueMillis - last.dueMillis));
                last.set(entry.dueMillis, entry.sequence, holder, true);
            }
        });
    }

    void decode(ByteBuf in) {
        int count = Varint.readCount(in, 2);
        long sequence = 0;
        long dueMillis = 0;
        for (int i = 0; i < count; i++) {
            sequence += unZigZag(Varint.read(in) >>> 1);
            dueMillis += unZigZag(Varint.read(in));
            add(dueMillis, sequence, true);
        }
    }
}
