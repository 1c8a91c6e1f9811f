package io.ferrymq.broker.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What is to be done once in the next round; what asks while a round runs is for the one after. If the work on one of
 * them throws, the others stay asked for. Lane only.
 */
final class Round<T> {
    private List<T> asking = new ArrayList<>();
    private List<T> running = new ArrayList<>();
    private boolean runs;

    void add(T one) {
        asking.add(one);
    }

    boolean isEmpty() {
        return asking.isEmpty();
    }

    /** Runs {@code work} on all that have asked before this call. */
    void run(Consumer<T> work) {
        if (runs) {
            throw new IllegalStateException("a round within a round");
        }
        List<T> now = asking;
        asking = running;
        running = now;
        runs = true;
        int done = 0;
        try {
            while (done < now.size()) {
                work.accept(now.get(done++));
            }
        } finally {
            asking.addAll(0, now.subList(done, now.size()));
            now.clear();
            runs = false;
        }
    }
}
