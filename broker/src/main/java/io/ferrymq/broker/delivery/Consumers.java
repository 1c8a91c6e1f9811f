package io.ferrymq.broker.delivery;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.TurnBudget;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one queue and whose turn it is.
 *
 * <p>Highest priority first, in turn within a priority. A consumer without credit is parked: it costs nothing until it
 * resumes. With a single active consumer ({@link Choice}), only that is asked, and one of the highest priority takes over
 * when it ends. Coming and going take logarithmic time, however many consumers and priorities there are.
 */
public final class Consumers {
    /** Who gets the next message. */
    public enum Choice {
        /** All of the highest priority with credit, one after the other. */
        IN_TURN,
        /** The single active one, until it ends. */
        ONE_WHILE_IT_LASTS,
        /**
         * The single active one, until one of a higher priority comes: then it gets no more, and when everything that was
         * delivered is settled the other takes over (RabbitMQ 4 with quorum queues).
         */
        ONE_OF_THE_HIGHEST
    }

    private static final Comparator<Consumer> HIGHEST_AND_EARLIEST_FIRST =
            Comparator.comparingInt(Consumer::priority).reversed().thenComparingLong(consumer -> consumer.arrival);

    private final Choice choice;
    private final LongSupplier unsettledCount;
    private TreeSet<Consumer> all = new TreeSet<>(HIGHEST_AND_EARLIEST_FIRST);
    private long arrivals;

    /** Those that are not parked, by priority; none is empty. */
    private final NavigableMap<Integer, Turn> turns = new TreeMap<>(Comparator.reverseOrder());

    /** The first of {@link #turns}, kept since it is asked for each message. */
    private @Nullable Turn highest;

    private @Nullable Consumer active;

    /** Takes over from the active one when everything is settled. */
    private @Nullable Consumer heir;

    /** {@code unsettledCount} tells how many deliveries of the queue are not settled. */
    public Consumers(Choice choice, LongSupplier unsettledCount) {
        this.choice = choice;
        this.unsettledCount = unsettledCount;
    }

    public int count() {
        return all.size();
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    public boolean hasExclusive() {
        return !all.isEmpty() && all.first().isExclusive();
    }

    public void add(Consumer consumer) {
        consumer.arrival = ++arrivals;
        all.add(consumer);
        enqueue(consumer);
        choose();
    }

    public void remove(Consumer consumer) {
        if (!all.remove(consumer)) {
            return;
        }
        if (!consumer.isParked()) {
            dequeue(consumer);
        }
        if (active == consumer) {
            active = null;
        }
        choose();
    }

    private void enqueue(Consumer consumer) {
        turns.computeIfAbsent(consumer.priority(), _ -> new Turn()).add(consumer);
        highest = turns.values().iterator().next();
    }

    private void dequeue(Consumer consumer) {
        Turn turn = turns.get(consumer.priority());
        if (turn == null) {
            throw new IllegalStateException("a consumer takes no turn");
        }
        turn.remove(consumer);
        if (turn.isEmpty()) {
            turns.remove(consumer.priority());
            highest = turns.isEmpty() ? null : turns.values().iterator().next();
        }
    }

    private void park(Consumer consumer) {
        dequeue(consumer);
        consumer.park();
    }

    /** Makes a parked consumer take its turn again, at the end. */
    public void resume(Consumer consumer) {
        if (consumer.isParked()) {
            consumer.unpark();
            enqueue(consumer);
        }
    }

    /** Chooses who is the single active one, or shall be. */
    private void choose() {
        if (choice == Choice.IN_TURN) {
            return;
        }
        Consumer best = all.isEmpty() ? null : all.first();
        if (active == null || best == null) {
            active = best;
            heir = null;
        } else {
            boolean givesWay = choice == Choice.ONE_OF_THE_HIGHEST && best.priority() > active.priority();
            heir = givesWay ? best : null;
        }
    }

    /** Whether the active consumer gets no more because another is to take over. */
    public boolean isHandingOver() {
        return heir != null;
    }

    /** The active consumer; null also while it is handing over. */
    private @Nullable Consumer active() {
        if (heir == null) {
            return active;
        }
        if (unsettledCount.getAsLong() > 0) {
            return null;
        }
        active = heir;
        heir = null;
        return active;
    }

    /** The consumer that gets the next message; null if none has credit. */
    public @Nullable Consumer next() {
        return choice == Choice.IN_TURN ? nextInTurn() : nextActive();
    }

    private @Nullable Consumer nextActive() {
        Consumer candidate = active();
        if (candidate == null || candidate.isParked()) {
            return null;
        }
        if (candidate.sink().hasCredit()) {
            return candidate;
        }
        park(candidate);
        return null;
    }

    private @Nullable Consumer nextInTurn() {
        for (Turn turn = highest; turn != null; turn = highest) {
            Consumer candidate = turn.first();
            if (candidate == null) {
                throw new IllegalStateException("a turn without consumers");
            }
            if (candidate.sink().hasCredit()) {
                turn.advance();
                return candidate;
            }
            park(candidate);
        }
        return null;
    }

    /**
     * How many messages may be handed out now, as far as anybody asks: no more consumers are asked once {@code enough} is
     * reached, and one without credit is parked, so that it is not asked again. Each that is asked is charged to {@code
     * budget}.
     */
    public long credit(long enough, TurnBudget budget) {
        if (choice != Choice.IN_TURN) {
            Consumer current = active();
            return current == null || current.isParked() ? 0 : current.sink().credit();
        }
        long credit = 0;
        Map.Entry<Integer, Turn> entry = turns.firstEntry();
        while (entry != null && credit < enough) {
            credit += credit(entry.getValue(), enough - credit, budget);
            entry = turns.higherEntry(entry.getKey());
        }
        return credit;
    }

    private long credit(Turn turn, long enough, TurnBudget budget) {
        long credit = 0;
        Consumer consumer = turn.first();
        while (consumer != null && credit < enough) {
            Consumer after = consumer.after;
            budget.spend(1);
            if (consumer.sink().hasCredit()) {
                credit += consumer.sink().credit();
            } else {
                park(consumer);
            }
            consumer = after;
        }
        return credit;
    }

    /** Forgets all because the queue is gone; the chore tells them. */
    public Chore ending() {
        TreeSet<Consumer> ended = all;
        all = new TreeSet<>(HIGHEST_AND_EARLIEST_FIRST);
        turns.clear();
        highest = null;
        active = null;
        heir = null;
        return budget -> {
            for (Consumer next = ended.pollFirst(); next != null; next = ended.pollFirst()) {
                next.queueGone();
                budget.spend(TurnBudget.REMOVAL);
                if (budget.isSpent()) {
                    return ended.isEmpty();
                }
            }
            return true;
        };
    }
}
