package io.ferrymq.broker.queue;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * An array of numbers in pages, so that it grows and shrinks in small steps however long it is: one that doubled would
 * need three times its memory for a moment, without anybody having looked whether there is room. Lane only.
 */
final class PagedLongs {
    private static final int PAGE_BITS = 12;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int FIRST = 8;
    private static final int ARRAY_BYTES = 16;
    private static final long[] NONE = {};
    private static final long[][] NOTHING = {};

    private final LongConsumer held;
    private long[][] pages = NOTHING;
    private int pageCount;
    private long memoryBytes;

    /** {@code held} is told of all memory that it takes and gives back. */
    PagedLongs(LongConsumer held) {
        this.held = held;
    }

    long get(int index) {
        return pages[index >>> PAGE_BITS][index & (PAGE - 1)];
    }

    void set(int index, long value) {
        pages[index >>> PAGE_BITS][index & (PAGE - 1)] = value;
    }

    /** Makes room for so many numbers. */
    void reserve(int count) {
        while (capacity() < count) {
            grow();
        }
    }

    private int capacity() {
        return pageCount == 0 ? 0 : (pageCount - 1) * PAGE + pages[pageCount - 1].length;
    }

    private void grow() {
        if (pageCount > 0 && pages[pageCount - 1].length < PAGE) {
            pages[0] = Arrays.copyOf(pages[0], pages[0].length * 2);
        } else {
            if (pageCount == pages.length) {
                pages = Arrays.copyOf(pages, Math.max(1, pageCount * 2));
            }
            pages[pageCount] = new long[pageCount == 0 ? FIRST : PAGE];
            pageCount++;
        }
        tell();
    }

    /** Gives up what is not needed for so many numbers, but for one page, lest it be taken again at once. */
    void release(int count) {
        int needed = count == 0 ? 0 : ((count - 1) >>> PAGE_BITS) + 2;
        if (pageCount <= needed || (count == 0 && capacity() <= PAGE / 16)) {
            return;
        }
        if (needed == 0) {
            pages = NOTHING;
        } else {
            Arrays.fill(pages, needed, pageCount, NONE);
        }
        pageCount = needed;
        tell();
    }

    private void tell() {
        long before = memoryBytes;
        memoryBytes = pageCount == 0
                ? 0
                : ARRAY_BYTES
                        + (long) pages.length * Integer.BYTES
                        + (long) pageCount * ARRAY_BYTES
                        + (long) capacity() * Long.BYTES;
        held.accept(memoryBytes - before);
    }

    /** Gives up everything. */
    void clear() {
        pages = NOTHING;
        pageCount = 0;
        tell();
    }

    long memoryBytes() {
        return memoryBytes;
    }
}
