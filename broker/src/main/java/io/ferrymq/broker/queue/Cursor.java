package io.ferrymq.broker.queue;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where delivery stands in a {@link Chain}: everything before it was handed out at least once. Moves forward only; what
 * comes back waits elsewhere.
 */
final class Cursor {
    private final Chain chain;
    private IndexPage.@Nullable Reader reader;
    private final Entry head = new Entry();
    private boolean headRead;
    /** Ordinals of entries that are not shown, ascending; those before {@link #passed} are behind the cursor. */
    private final PagedLongs passedOver;

    private int passedOverCount;
    private int passed;

    /** {@code held} is told of all memory that it takes and gives back. */
    Cursor(Chain chain, LongConsumer held) {
        this.chain = chain;
        this.passedOver = new PagedLongs(held);
    }

    /** The first entry that was never handed out and is not settled; null if there is none. Valid until {@link #take}. */
    @Nullable Entry peek() {
        if (headRead) {
            return head;
        }
        IndexPage.Reader at = reader;
        if (at == null) {
            at = chain.deliverer();
            reader = at;
        }
        while (!at.atEnd() || moveToNextPage(at)) {
            at.next(head);
            if (!at.page().isSettled(head.ordinal) && !isPassedOver(head.ordinal)) {
                headRead = true;
                return head;
            }
        }
        return null;
    }

    /** Has it not show the entry of this ordinal, which is larger than in any call before. Nothing was shown yet. */
    void passOver(long ordinal) {
        passedOver.reserve(passedOverCount + 1);
        passedOver.set(passedOverCount++, ordinal);
    }

    private boolean isPassedOver(long ordinal) {
        while (passed < passedOverCount && passedOver.get(passed) < ordinal) {
            passed++;
        }
        if (passed == passedOverCount && passed > 0) {
            passedOver.clear();
            passedOverCount = 0;
            passed = 0;
        }
        return passed < passedOverCount && passedOver.get(passed) == ordinal;
    }

    long memoryBytes() {
        return passedOver.memoryBytes();
    }

    private boolean moveToNextPage(IndexPage.Reader at) {
        IndexPage next = at.page().next;
        if (next != null) {
            at.moveTo(next);
            chain.charge(next.count);
            return !at.atEnd() || moveToNextPage(at);
        }
        if (chain.recycleIfEmpty()) {
            at.moveTo(chain.first());
        }
        return false;
    }

    /** Shows every entry that {@link #peek} would show, in order. The cursor stays where it is. */
    void forEachAhead(Chain.Visitor visitor) {
        if (headRead) {
            visitor.visit(head);
        }
        IndexPage.Reader ahead = reader == null ? new IndexPage.Reader(chain.first()) : new IndexPage.Reader(reader);
        Entry entry = new Entry();
        int over = passed;
        while (!ahead.atEnd() || Chain.advance(ahead)) {
            ahead.next(entry);
            while (over < passedOverCount && passedOver.get(over) < entry.ordinal) {
                over++;
            }
            boolean isPassedOver = over < passedOverCount && passedOver.get(over) == entry.ordinal;
            if (!isPassedOver && !ahead.page().isSettled(entry.ordinal)) {
                visitor.visit(entry);
            }
        }
    }

    /** An entry that was never handed out is about to be settled. */
    void takeOut(long ordinal) {
        headRead &= head.ordinal != ordinal;
    }

    /** Steps over the entry that {@link #peek} showed. */
    void take() {
        headRead = false;
    }
}
