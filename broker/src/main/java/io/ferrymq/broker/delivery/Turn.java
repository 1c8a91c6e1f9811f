package io.ferrymq.broker.delivery;

import org.jspecify.annotations.Nullable;

/**
 * Consumers of one priority in the order in which they are asked. A list whose links are in the consumers, so that one of
 * many leaves in constant time and going round allocates nothing.
 */
final class Turn {
    private @Nullable Consumer first;
    private @Nullable Consumer last;

    boolean isEmpty() {
        return first == null;
    }

    /** The consumer whose turn it is. */
    @Nullable Consumer first() {
        return first;
    }

    void add(Consumer consumer) {
        consumer.before = last;
        if (last == null) {
            first = consumer;
        } else {
            last.after = consumer;
        }
        last = consumer;
    }

    void remove(Consumer consumer) {
        Consumer before = consumer.before;
        Consumer after = consumer.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        consumer.before = null;
        consumer.after = null;
    }

    /** The one whose turn it was is the last now. */
    void advance() {
        Consumer served = first;
        if (served != null && served != last) {
            remove(served);
            add(served);
        }
    }
}
