package io.ferrymq.broker.shard;

import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.queue.Queue;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Messages that queues refused on their way in and want to be dead letters. They are sent on one after the other, so that
 * a chain of queues that all refuse is a loop and no recursion; and only so many in one go, so that it is no stall. Lane
 * only.
 */
final class Forwarding {
    /** Dead letters sent on in one go; those that they become wait in the log for a turn of their own. */
    static final int LETTERS_MAX = 64;

    /** Sends one on. */
    interface Sender {
        void send(Queue queue, Publication message, @Nullable History history);
    }

    private record Letter(
            Queue queue, Publication message, @Nullable History history) {}

    private final ArrayDeque<Letter> letters = new ArrayDeque<>();
    private final Sender sender;
    private boolean runs;
    private int left;

    Forwarding(Sender sender) {
        this.sender = sender;
    }

    /** A queue has refused a message, whose bytes stay as they are until {@link #run} returns. */
    void add(Queue queue, Publication message, @Nullable History history) {
        letters.add(new Letter(queue, message, history));
    }

    /** Sends on what was added, and what is added by that; does nothing if a call further out does it. */
    void run() {
        if (runs || letters.isEmpty()) {
            return;
        }
        runs = true;
        left = LETTERS_MAX;
        try {
            for (Letter next = letters.poll(); next != null; next = letters.poll()) {
                left--;
                sender.send(next.queue, next.message, next.history);
            }
        } finally {
            runs = false;
        }
    }

    /** Whether what is sent on now has to wait for another turn. */
    boolean isSpent() {
        return runs && left <= 0;
    }
}
