package io.ferrymq.broker.shard;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Who waits for the log to become durable: answers in the order they were given, and links with open confirms. */
final class Gates {
    private record Answer(long sequence, Runnable action) {}

    private final ArrayDeque<Answer> answers = new ArrayDeque<>();
    private final Round<ShardLink> links = new Round<>();

    void add(long sequence, Runnable action) {
        answers.add(new Answer(sequence, action));
    }

    void add(ShardLink link) {
        links.add(link);
    }

    /** Everything up to {@code sequence} is durable: answers whoever waited for it. */
    void open(long sequence) {
        for (@Nullable Answer first = answers.peek();
                first != null && first.sequence <= sequence;
                first = answers.peek()) {
            answers.poll();
            first.action.run();
        }
        links.run(link -> {
            if (link.durable(sequence)) {
                links.add(link);
            }
        });
    }
}
