package io.ferrymq.broker.shard;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Who waits for the log to become durable: answers in the order they were given, and links with open confirms. */
final class Gates {
    private record Answer(long sequence, Runnable action) {}

    /** Answers given in one go, and links told: each may be one more socket to write to. */
    private static final int ANSWERS_MAX = 500;

    private static final int LINKS_MAX = 500;

    private final ArrayDeque<Answer> answers = new ArrayDeque<>();
    private final ArrayDeque<ShardLink> links = new ArrayDeque<>();

    /** The sequence that the links are being told of, and how many at the front have not been. */
    private long roundSequence;

    private int untold;

    void add(long sequence, Runnable action) {
        answers.add(new Answer(sequence, action));
    }

    void add(ShardLink link) {
        links.add(link);
    }

    /**
     * Everything up to {@code sequence} is durable: tells the links that wait for it, as many as one go may. One that
     * waits for more is behind the others then.
     *
     * @return whether there are more that have not been told of this sequence
     */
    boolean confirm(long sequence) {
        if (sequence > roundSequence) {
            roundSequence = sequence;
            untold = links.size();
        }
        for (int left = LINKS_MAX; untold > 0 && left > 0; left--) {
            untold--;
            ShardLink link = links.remove();
            if (link.durable(sequence)) {
                links.add(link);
            }
        }
        return untold > 0;
    }

    /** Gives answers that wait for no more than {@code sequence}, as many as one go may; whether there are more. */
    boolean answer(long sequence) {
        int left = ANSWERS_MAX;
        for (@Nullable Answer first = answers.peek();
                first != null && first.sequence <= sequence;
                first = answers.peek()) {
            if (left-- == 0) {
                return true;
            }
            answers.poll();
            first.action.run();
        }
        return false;
    }
}
