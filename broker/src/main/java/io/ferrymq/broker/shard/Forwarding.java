package io.ferrymq.broker.shard;

import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.queue.Queue;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Messages that queues refused on their way in and want to be dead letters. They are sent on one after the other, so that
 * a chain of queues that all refuse is a loop and no recursion; and only so many, of so many bytes, in one go, so that it is
 * no stall: {@link Spreading} has what finds no room here. Lane only.
 */
final class Forwarding {
    /** Dead letters sent on in one go. */
    static final int LETTERS_MAX = 64;

    private static final long BYTES_MAX = 256 << 10;

    /** Sends one on. */
    interface Sender {
        void send(Queue queue, Publication message, @Nullable History history);
    }

    private record Letter(
            Queue queue, Publication message, @Nullable History history) {}

    private final ArrayDeque<Letter> letters = new ArrayDeque<>();
    private final Sender sender;
    private boolean runs;
    private int left = LETTERS_MAX;
    private long bytesLeft = BYTES_MAX;

    Forwarding(Sender sender) {
        this.sender = sender;
    }

    /** Whether this go may send so many more letters, of so many bytes each; there is always room for the first one. */
    boolean hasRoom(int count, long bytesEach) {
        return count <= left && (count * bytesEach <= bytesLeft || (count == 1 && left == LETTERS_MAX));
    }

    /** A queue has refused a message, whose bytes stay as they are until {@link #run} returns. There is room for it. */
    void add(Queue queue, Publication message, @Nullable History history, long bytes) {
        left--;
        bytesLeft -= bytes;
        letters.add(new Letter(queue, message, history));
    }

    /** Sends on what was added, and what is added by that; does nothing if a call further out does it. */
    void run() {
        if (runs || letters.isEmpty()) {
            return;
        }
        runs = true;
        try {
            for (Letter next = letters.poll(); next != null; next = letters.poll()) {
                sender.send(next.queue, next.message, next.history);
            }
        } finally {
            runs = false;
            left = LETTERS_MAX;
            bytesLeft = BYTES_MAX;
        }
    }
}
