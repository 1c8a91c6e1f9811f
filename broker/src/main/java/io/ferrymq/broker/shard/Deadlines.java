package io.ferrymq.broker.shard;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.queue.QueueContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/** When queues want to be woken, one time for each: one timer on the lane for the earliest of them. Lane only. */
final class Deadlines {
    private static final int QUEUES_PER_TURN = 256;
    private static final int UNITS = 20_000;

    private record Deadline(long atMillis, Queue queue) {}

    private final LongSupplier clockMillis;
    private final WakeUp wakeUp;
    private final TreeSet<Deadline> pending = new TreeSet<>(
            Comparator.comparingLong(Deadline::atMillis).thenComparingLong(deadline -> deadline.queue.number()));
    private final TurnBudget budget;
    private final Runnable afterwards;
    private boolean stopped;

    /** @param afterwards run after queues were woken */
    Deadlines(Lane lane, LongSupplier clockMillis, TurnBudget budget, Runnable afterwards) {
        this.clockMillis = clockMillis;
        this.wakeUp = new WakeUp(lane, clockMillis, this::wake);
        this.budget = budget;
        this.afterwards = afterwards;
    }

    /** Wakes a queue at another time than before; {@link QueueContext#NO_TIME} stands for none. */
    void move(Queue queue, long beforeMillis, long atMillis) {
        if (beforeMillis != QueueContext.NO_TIME) {
            pending.remove(new Deadline(beforeMillis, queue));
        }
        if (atMillis != QueueContext.NO_TIME) {
            pending.add(new Deadline(atMillis, queue));
            arm();
        }
    }

    /** Wakes no queue any more. */
    void stop() {
        stopped = true;
    }

    int count() {
        return pending.size();
    }

    private void arm() {
        if (!pending.isEmpty()) {
            wakeUp.at(pending.first().atMillis);
        }
    }

    private void wake() {
        if (stopped) {
            return;
        }
        budget.begin(UNITS);
        for (Deadline deadline : due()) {
            if (budget.isSpent()) {
                // Its queue takes it for asked for still, and has its turn as soon as the timer fires again.
                pending.add(deadline);
            } else {
                budget.spend(TurnBudget.GO);
                deadline.queue.deadlineReached();
            }
        }
        afterwards.run();
        arm();
    }

    /** Takes the queues that are due, as many as one turn may wake. One that cannot go on yet comes back later. */
    private List<Deadline> due() {
        long now = clockMillis.getAsLong();
        List<Deadline> due = new ArrayList<>();
        while (!pending.isEmpty() && pending.first().atMillis <= now && due.size() < QUEUES_PER_TURN) {
            due.add(pending.removeFirst());
        }
        return due;
    }
}
