package io.ferrymq.broker.shard;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Who waits for the log to become durable: answers in the order they were given, and links with open confirms. */
final class Gates {
    private record Answer(long sequence, Runnable action) {}

    /** Answers given in one go. */
    private static final int ANSWERS_MAX = 1_000;

    private final ArrayDeque<Answer> answers = new ArrayDeque<>();
    private final Round<ShardLink> links = new Round<>();

    void add(long sequence, Runnable action) {
        answers.add(new Answer(sequence, action));
    }

    void add(ShardLink link) {
        links.add(link);
    }

    /** Everything up to {@code sequence} is durable: tells the links that wait for it. */
    void confirm(long sequence) {
        links.run(link -> {
            if (link.durable(sequence)) {
                links.add(link);
            }
        });
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
