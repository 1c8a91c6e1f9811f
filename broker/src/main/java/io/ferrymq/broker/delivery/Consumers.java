package io.ferrymq.broker.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one queue and whose turn it is.
 *
 * <p>Highest priority first, in turn within a priority. A consumer without credit is parked: it costs nothing until it
 * resumes. With a single active consumer, only the first of the highest priority is asked, and the next takes over when
 * it ends.
 */
public final class Consumers {
    private final boolean singleActive;
    private final List<Consumer> all = new ArrayList<>();
    private final TreeMap<Integer, ArrayDeque<Consumer>> turns = new TreeMap<>(Comparator.reverseOrder());
    private @Nullable Consumer active;

    public Consumers(boolean singleActive) {
        this.singleActive = singleActive;
    }

    public int count() {
        return all.size();
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    public boolean hasExclusive() {
        return !all.isEmpty() && all.getFirst().isExclusive();
    }

    public void add(Consumer consumer) {
        all.add(consumer);
        enqueue(consumer);
        if (singleActive && active == null) {
            active = consumer;
        }
    }

    private void enqueue(Consumer consumer) {
        turns.computeIfAbsent(consumer.priority(), priority -> new ArrayDeque<>())
                .add(consumer);
    }

    public void remove(Consumer consumer) {
        all.remove(consumer);
        ArrayDeque<Consumer> turn = turns.get(consumer.priority());
        if (turn != null && turn.remove(consumer) && turn.isEmpty()) {
            turns.remove(consumer.priority());
        }
        if (active == consumer) {
            active = all.stream()
                    .max(Comparator.comparingInt(Consumer::priority))
                    .orElse(null);
        }
    }

    /** Makes a parked consumer take its turn again, at the end. */
    public void resume(Consumer consumer) {
        if (consumer.isParked()) {
            consumer.unpark();
            enqueue(consumer);
        }
    }

    /** The consumer that gets the next message; null if none has credit. */
    public @Nullable Consumer next() {
        return singleActive ? nextActive() : nextInTurn();
    }

    private @Nullable Consumer nextActive() {
        Consumer candidate = active;
        if (candidate == null || candidate.isParked() || candidate.sink().hasCredit()) {
            return candidate == null || candidate.isParked() ? null : candidate;
        }
        park(candidate);
        return null;
    }

    private void park(Consumer consumer) {
        ArrayDeque<Consumer> turn = turns.get(consumer.priority());
        if (turn != null) {
            turn.remove(consumer);
        }
        consumer.park();
    }

    private @Nullable Consumer nextInTurn() {
        for (Map.Entry<Integer, ArrayDeque<Consumer>> priority : turns.entrySet()) {
            ArrayDeque<Consumer> turn = priority.getValue();
            for (Consumer candidate = turn.poll(); candidate != null; candidate = turn.poll()) {
                if (candidate.sink().hasCredit()) {
                    turn.add(candidate);
                    return candidate;
                }
                candidate.park();
            }
        }
        return null;
    }

    /** Ends all because the queue is gone. */
    public void queueGone() {
        List<Consumer> ended = List.copyOf(all);
        all.clear();
        turns.clear();
        active = null;
        ended.forEach(Consumer::queueGone);
    }
}
