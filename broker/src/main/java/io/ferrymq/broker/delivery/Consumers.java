package io.ferrymq.broker.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one queue and whose turn it is.
 *
 * <p>Highest priority first, in turn within a priority. A consumer without credit is parked: it costs nothing until it
 * resumes. With a single active consumer, only the first of the highest priority is asked, and the next takes over when
 * it ends.
 */
public final class Consumers {
    /** Consumers of one priority in the order in which they are asked. */
    private static final class Turn {
        final int priority;
        final ArrayDeque<Consumer> consumers = new ArrayDeque<>();

        Turn(int priority) {
            this.priority = priority;
        }
    }

    private final boolean singleActive;
    private final List<Consumer> all = new ArrayList<>();
    /** Those that are not parked, highest priority first; none is empty. */
    private final List<Turn> turns = new ArrayList<>(1);

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
        int i = 0;
        while (i < turns.size() && turns.get(i).priority > consumer.priority()) {
            i++;
        }
        if (i == turns.size() || turns.get(i).priority != consumer.priority()) {
            turns.add(i, new Turn(consumer.priority()));
        }
        turns.get(i).consumers.add(consumer);
    }

    private void dequeue(Consumer consumer) {
        turns.removeIf(turn ->
                turn.priority == consumer.priority() && turn.consumers.remove(consumer) && turn.consumers.isEmpty());
    }

    public void remove(Consumer consumer) {
        all.remove(consumer);
        dequeue(consumer);
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
        dequeue(consumer);
        consumer.park();
    }

    private @Nullable Consumer nextInTurn() {
        while (!turns.isEmpty()) {
            ArrayDeque<Consumer> first = turns.getFirst().consumers;
            for (Consumer candidate = first.poll(); candidate != null; candidate = first.poll()) {
                if (candidate.sink().hasCredit()) {
                    first.add(candidate);
                    return candidate;
                }
                candidate.park();
            }
            turns.removeFirst();
        }
        return null;
    }

    /** How many messages may be handed out now. */
    public long credit() {
        if (singleActive) {
            return active == null || active.isParked() ? 0 : active.sink().credit();
        }
        long credit = 0;
        for (Turn turn : turns) {
            for (Consumer consumer : turn.consumers) {
                credit += consumer.sink().credit();
            }
        }
        return credit;
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
