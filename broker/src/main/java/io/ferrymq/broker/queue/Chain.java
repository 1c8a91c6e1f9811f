package io.ferrymq.broker.queue;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The index of one queue, or of one priority of it: pages of entries in the order they came, without an object per
 * message. An entry stays until it is settled, delivered or not.
 *
 * <p>Owned by the shard's lane. Ordinals are dense: the n-th message ever appended since the process started has ordinal
 * n, counted from the first one that recovery found.
 */
final class Chain {
    /** Sees what is in a chain, one entry at a time. */
    interface Visitor {
        void visit(Entry entry);
    }

    private static final int PAGES_FIRST = 4;
    /** So many entries are read in about 100 ns. */
    private static final int ENTRIES_PER_UNIT_SHIFT = 5;

    private @Nullable IndexPage[] ring = new IndexPage[PAGES_FIRST];
    private int head;
    private int pageCount;
    private long nextOrdinal;
    private final Entry scratch = new Entry();
    private IndexPage.@Nullable Reader settleReader;
    /** What {@link #settleReader} has read already. */
    private long settledUpTo;

    private final Entry found = new Entry();
    private IndexPage.@Nullable Reader finder;
    private IndexPage.@Nullable Reader deliverer;

    private final LongConsumer held;
    private final TurnBudget budget;
    private long memoryBytes;

    Chain() {
        this(_ -> {}, new TurnBudget(0));
    }

    /**
     * @param held is told of all memory that the chain takes and gives back
     * @param budget is charged with what is read to find entries
     */
    Chain(LongConsumer held, TurnBudget budget) {
        this.held = held;
        this.budget = budget;
        changed((long) ring.length * Integer.BYTES);
        addPage();
    }

    /** Appends a message; its sequence is larger than all before. Returns its ordinal. */
    long append(long sequence, int bodyBytes, boolean durable, long expiresAtMillis) {
        IndexPage tail = tail();
        if (!tail.hasRoom()) {
            tail = pageAfter(tail);
        }
        int before = tail.memoryBytes();
        tail.append(sequence, bodyBytes, durable, expiresAtMillis);
        changed(tail.memoryBytes() - before);
        return nextOrdinal++;
    }

    long nextOrdinal() {
        return nextOrdinal;
    }

    /** A reader from the beginning that stays in the chain: when its page goes, it stands before the next one. */
    IndexPage.Reader deliverer() {
        IndexPage.Reader reader = new IndexPage.Reader(first());
        deliverer = reader;
        return reader;
    }

    IndexPage first() {
        return page(0);
    }

    private IndexPage tail() {
        return page(pageCount - 1);
    }

    private IndexPage page(int i) {
        IndexPage page = ring[(head + i) & (ring.length - 1)];
        if (page == null) {
            throw new IllegalStateException("no page " + i);
        }
        return page;
    }

    /** A new last page. The full one before it goes at once if nothing in it waits. */
    private IndexPage pageAfter(IndexPage full) {
        IndexPage page = addPage();
        if (full.allSettled()) {
            drop(pageCount - 2);
        }
        return page;
    }

    private IndexPage addPage() {
        IndexPage page = new IndexPage(nextOrdinal);
        link(page);
        return page;
    }

    private void link(IndexPage page) {
        if (pageCount == ring.length) {
            grow();
        }
        if (pageCount > 0) {
            tail().next = page;
        }
        ring[(head + pageCount++) & (ring.length - 1)] = page;
        changed(page.memoryBytes());
    }

    private void grow() {
        changed((long) ring.length * Integer.BYTES);
        @Nullable IndexPage[] larger = new IndexPage[ring.length * 2];
        for (int i = 0; i < pageCount; i++) {
            larger[i] = page(i);
        }
        ring = larger;
        head = 0;
    }

    /** Settles the entry with this ordinal; false if that was done before. */
    boolean settle(long ordinal) {
        int i = indexOfOrdinal(ordinal);
        if (i < 0) {
            return false;
        }
        IndexPage page = page(i);
        int before = page.memoryBytes();
        if (!page.settle(ordinal)) {
            return false;
        }
        changed(page.memoryBytes() - before);
        if (page.allSettled() && i < pageCount - 1) {
            drop(i);
        }
        return true;
    }

    /** Whether an entry that was once here is settled. */
    boolean isSettled(long ordinal) {
        int i = indexOfOrdinal(ordinal);
        return i < 0 || page(i).isSettled(ordinal);
    }

    /**
     * What stands in the index for an ordinal that is not settled; valid until the next call. Quick if it comes soon after
     * the one that was found before, else it reads a page up to there.
     */
    Entry find(long ordinal) {
        IndexPage.Reader reader = finder;
        if (reader != null && reader.ordinal() == ordinal + 1 && found.ordinal == ordinal) {
            return found;
        }
        int i = indexOfOrdinal(ordinal);
        if (i < 0) {
            throw new IllegalStateException("no longer in the index: " + ordinal);
        }
        IndexPage page = page(i);
        if (reader == null) {
            reader = new IndexPage.Reader(page);
            finder = reader;
        } else if (reader.page() != page || reader.ordinal() > ordinal) {
            reader.moveTo(page);
        }
        charge((int) (ordinal - reader.ordinal()));
        while (reader.ordinal() <= ordinal) {
            reader.next(found);
        }
        return found;
    }

    /** So many entries are read. Whoever goes on from one message to the next is charged for whole pages. */
    void charge(int entries) {
        budget.spend(entries >> ENTRIES_PER_UNIT_SHIFT);
    }

    private int indexOfOrdinal(long ordinal) {
        IndexPage first = page(0);
        if (ordinal < first.firstOrdinal) {
            return -1;
        }
        if (ordinal < first.endOrdinal()) {
            return 0;
        }
        int low = 1;
        int high = pageCount - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            IndexPage page = page(middle);
            if (ordinal < page.firstOrdinal) {
                high = middle - 1;
            } else if (ordinal >= page.endOrdinal()) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        return -1;
    }

    /** Takes out a page that is not the last. */
    private void drop(int i) {
        IndexPage page = page(i);
        IndexPage next = page(i + 1);
        changed(-page.memoryBytes());
        if (i > 0) {
            page(i - 1).next = next;
        }
        moveOn(finder, page, next);
        moveOn(settleReader, page, next);
        if (moveOn(deliverer, page, next)) {
            charge(next.count);
        }
        page.next = null;
        if (i < pageCount / 2) {
            moveUp(i);
        } else {
            moveDown(i);
        }
        pageCount--;
    }

    /**
     * Moves a reader from a page that goes to the one behind it: nobody refers to a page that has gone, and that to no other,
     * or all that go after it would stay in memory. Whether the reader stood there.
     */
    private static boolean moveOn(IndexPage.@Nullable Reader reader, IndexPage gone, IndexPage next) {
        if (reader == null || reader.page() != gone) {
            return false;
        }
        reader.moveTo(next);
        return true;
    }

    /** Fills the place of page {@code i} from before it. */
    private void moveUp(int i) {
        for (int j = i; j > 0; j--) {
            ring[(head + j) & (ring.length - 1)] = page(j - 1);
        }
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
    }

    /** Fills the place of page {@code i} from behind it. */
    private void moveDown(int i) {
        for (int j = i; j < pageCount - 1; j++) {
            ring[(head + j) & (ring.length - 1)] = page(j + 1);
        }
        ring[(head + pageCount - 1) & (ring.length - 1)] = null;
    }

    /** If everything is settled, starts the last page anew, so that a queue in balance never allocates. */
    boolean recycleIfEmpty() {
        IndexPage tail = tail();
        if (pageCount > 1 || tail.count == 0 || !tail.allSettled()) {
            return false;
        }
        int before = tail.memoryBytes();
        tail.reset(nextOrdinal);
        changed(tail.memoryBytes() - before);
        settleReader = null;
        finder = null;
        return true;
    }

    /**
     * Settles every entry whose sequence is within a range that the log names, and shows each to {@code visitor}. Of
     * ranges in rising order each starts reading where the one before ended; others find their place by the marks of a
     * page.
     */
    void settleRange(long firstSequence, long lastSequence, Visitor visitor) {
        IndexPage.Reader reader = readerBefore(firstSequence);
        settleReader = reader;
        while (reader != null && (!reader.atEnd() || advance(reader))) {
            if (reader.page().firstSequence > lastSequence && reader.ordinal() == reader.page().firstOrdinal) {
                break;
            }
            reader.next(scratch);
            if (scratch.sequence >= firstSequence && scratch.sequence <= lastSequence && settle(scratch.ordinal)) {
                visitor.visit(scratch);
            }
            if (scratch.sequence >= lastSequence) {
                break;
            }
        }
        settledUpTo = Math.max(lastSequence, scratch.sequence);
    }

    /** Recovery is over: no more ranges come, and what served to find them goes. */
    void recovered() {
        settleReader = null;
        for (int i = 0; i < pageCount; i++) {
            page(i).forgetMarks();
        }
    }

    /** Moves a reader that is at the end of its page to the next; false if there is none with entries. */
    static boolean advance(IndexPage.Reader reader) {
        IndexPage next = reader.page().next;
        if (next == null) {
            return false;
        }
        reader.moveTo(next);
        return next.count > 0;
    }

    private IndexPage.@Nullable Reader readerBefore(long sequence) {
        IndexPage.Reader last = settleReader;
        if (last != null && sequence > settledUpTo) {
            IndexPage next = last.page().next;
            if (next == null || sequence < next.firstSequence) {
                return last;
            }
        }
        int low = 0;
        int high = pageCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            IndexPage page = page(middle);
            if (page.count > 0 && page.firstSequence <= sequence) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return page(low).count == 0 ? null : page(low).readerBefore(sequence);
    }

    /** Shows every entry that is not settled, in order. */
    void forEachUnsettled(Visitor visitor) {
        Entry entry = new Entry();
        for (int i = 0; i < pageCount; i++) {
            IndexPage page = page(i);
            IndexPage.Reader reader = new IndexPage.Reader(page);
            while (!reader.atEnd()) {
                reader.next(entry);
                if (!page.isSettled(entry.ordinal)) {
                    visitor.visit(entry);
                }
            }
        }
    }

    long memoryBytes() {
        return memoryBytes;
    }

    private void changed(long bytes) {
        if (bytes != 0) {
            memoryBytes += bytes;
            held.accept(bytes);
        }
    }

    /** Writes all pages; what is transient in them is left out when they are read. */
    void encode(ByteBuf out) {
        int pages = tail().count == 0 ? pageCount - 1 : pageCount;
        Varint.write(out, pages);
        for (int i = 0; i < pages; i++) {
            page(i).encode(out);
        }
    }

    /** Reads what {@link #encode} wrote into this new chain, settling transient entries, and shows what remains. */
    void decode(ByteBuf in, Visitor visitor) {
        int pages = Varint.readInt(in);
        Entry entry = new Entry();
        changed(-memoryBytes);
        pageCount = 0;
        ring = new IndexPage[PAGES_FIRST];
        changed((long) ring.length * Integer.BYTES);
        head = 0;
        for (int i = 0; i < pages; i++) {
            IndexPage page = IndexPage.decode(in, nextOrdinal);
            nextOrdinal += page.count;
            keepDurable(page, entry, visitor);
            if (!page.allSettled()) {
                link(page);
            }
        }
        addPage();
    }

    private static void keepDurable(IndexPage page, Entry entry, Visitor visitor) {
        IndexPage.Reader reader = new IndexPage.Reader(page);
        while (!reader.atEnd()) {
            reader.next(entry);
            if (!entry.durable) {
                page.settle(entry.ordinal);
            } else if (!page.isSettled(entry.ordinal)) {
                visitor.visit(entry);
            }
        }
    }
}
