package io.ferrymq.broker.queue;

import java.util.ArrayDeque;
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
    /** Ordinals of entries that are not shown, ascending. */
    private final ArrayDeque<Long> passedOver = new ArrayDeque<>(0);

    Cursor(Chain chain) {
        this.chain = chain;
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
        passedOver.add(ordinal);
    }

    private boolean isPassedOver(long ordinal) {
        while (!passedOver.isEmpty() && passedOver.peek() < ordinal) {
            passedOver.remove();
        }
        return !passedOver.isEmpty() && passedOver.peek() == ordinal;
    }

    private boolean moveToNextPage(IndexPage.Reader at) {
        IndexPage next = at.page().next;
        if (next != null) {
            at.moveTo(next);
            return !at.atEnd() || moveToNextPage(at);
        }
        if (chain.recycleIfEmpty()) {
            at.moveTo(chain.first());
        }
        return false;
    }

    /** Shows every entry that was never handed out and is not settled, in order. The cursor stays where it is. */
    void forEachAhead(Chain.Visitor visitor) {
        if (headRead) {
            visitor.visit(head);
        }
        IndexPage.Reader ahead = reader == null ? new IndexPage.Reader(chain.first()) : new IndexPage.Reader(reader);
        Entry entry = new Entry();
        while (!ahead.atEnd() || Chain.advance(ahead)) {
            ahead.next(entry);
            if (!ahead.page().isSettled(entry.ordinal)) {
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
