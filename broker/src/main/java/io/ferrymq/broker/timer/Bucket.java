package io.ferrymq.broker.timer;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The delayed messages that are due within one span of time: pages of entries in the order of their sequences, without
 * an object for each. Entries are appended, or taken away; when the span comes near, whole pages are taken out.
 */
final class Bucket {
    /** With its place in its tier. */
    private static final int OBJECT_BYTES = 160;

    private static final int REFERENCE_BYTES = 8;
    private static final DuePage TAKEN = new DuePage();

    private final List<DuePage> pages = new ArrayList<>(1);
    /** Pages before this one were taken out. */
    private int first;

    private long liveCount;
    private long bytes = OBJECT_BYTES;

    void append(long dueMillis, long sequence, int holder, boolean durable) {
        if (pages.size() == first || !pages.getLast().hasRoom()) {
            add(new DuePage());
        }
        DuePage last = pages.getLast();
        bytes -= last.memoryBytes();
        last.append(dueMillis, sequence, holder, durable);
        bytes += last.memoryBytes();
        liveCount++;
    }

    private void add(DuePage page) {
        pages.add(page);
        bytes += page.memoryBytes() + REFERENCE_BYTES;
    }

    boolean isEmpty() {
        return liveCount == 0;
    }

    /** Takes out the first page; its entries are the caller's from now on. */
    DuePage takePage() {
        DuePage page = pages.get(first);
        pages.set(first++, TAKEN);
        liveCount -= page.liveCount();
        bytes -= page.memoryBytes();
        return page;
    }

    /** No entry that is left has a lower sequence. There is one at least. */
    long firstSequence() {
        return pages.get(first).firstSequence();
    }

    boolean remove(long sequence, DueEntry removed) {
        int i = pageOf(sequence);
        if (i < 0) {
            return false;
        }
        DuePage page = pages.get(i);
        int before = page.memoryBytes();
        if (!page.remove(sequence, removed)) {
            return false;
        }
        liveCount--;
        bytes += page.memoryBytes() - before;
        if (page.allGone() && i < pages.size() - 1) {
            pages.remove(i);
            bytes -= page.memoryBytes() + REFERENCE_BYTES;
        }
        return true;
    }

    boolean find(long sequence, DueEntry found) {
        int i = pageOf(sequence);
        return i >= 0 && pages.get(i).find(sequence, found);
    }

    /** The page that the sequence would be in; negative if there is none. */
    private int pageOf(long sequence) {
        int low = first;
        int high = pages.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            DuePage page = pages.get(middle);
            if (sequence < page.firstSequence()) {
                high = middle - 1;
            } else if (sequence > page.lastSequence()) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        return -1;
    }

    void removeAll(IntPredicate ofHolder, Timetable.Visitor visitor) {
        for (int i = first; i < pages.size(); i++) {
            removeAll(i, ofHolder, visitor);
        }
    }

    /** As {@link #removeAll} for one page; false if there is none of that number, nor behind it. */
    boolean removeFromPage(int number, IntPredicate ofHolder, Timetable.Visitor visitor) {
        if (number >= pages.size()) {
            return false;
        }
        if (number >= first) {
            removeAll(number, ofHolder, visitor);
        }
        return true;
    }

    private void removeAll(int number, IntPredicate ofHolder, Timetable.Visitor visitor) {
        DuePage page = pages.get(number);
        bytes -= page.memoryBytes();
        page.removeAll(ofHolder, entry -> {
            liveCount--;
            visitor.visit(entry);
        });
        bytes += page.memoryBytes();
    }

    void forEach(Timetable.Visitor visitor) {
        for (int i = first; i < pages.size(); i++) {
            pages.get(i).forEach(visitor);
        }
    }

    long memoryBytes() {
        return bytes;
    }

    /** varint count of pages, then the pages. */
    void encode(ByteBuf out) {
        Varint.write(out, pages.size() - first);
        for (int i = first; i < pages.size(); i++) {
            pages.get(i).encode(out);
        }
    }

    static Bucket decode(ByteBuf in, IntPredicate isKnown, Timetable.Visitor visitor) {
        Bucket bucket = new Bucket();
        int count = Varint.readInt(in);
        for (int i = 0; i < count; i++) {
            DuePage page = DuePage.decode(in, isKnown, visitor);
            if (!page.allGone()) {
                bucket.add(page);
                bucket.liveCount += page.liveCount();
            }
        }
        return bucket;
    }
}
