package io.ferrymq.broker.shard;

import io.ferrymq.broker.queue.Queue;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** When queues want to be woken: one timer on the lane for the earliest of them. Lane only. */
final class Deadlines {
    /** A wake-up is never sooner than this, so that a queue that cannot go on yet does not spin. */
    private static final long DELAY_MILLIS_MIN = 1;

    private static final int QUEUES_PER_TURN = 256;

    private record Deadline(long atMillis, Queue queue) {}

    private final Lane lane;
    private final LongSupplier clockMillis;
    private final PriorityQueue<Deadline> pending = new PriorityQueue<>(Comparator.comparingLong(Deadline::atMillis));
    private final Runnable afterwards;
    private long timerAtMillis = Long.MAX_VALUE;

    /** @param afterwards run after queues were woken */
    Deadlines(Lane lane, LongSupplier clockMillis, Runnable afterwards) {
        this.lane = lane;
        this.clockMillis = clockMillis;
        this.afterwards = afterwards;
    }

    void add(Queue queue, long atMillis) {
        pending.add(new Deadline(atMillis, queue));
        arm();
    }

    private void arm() {
        @Nullable Deadline first = pending.peek();
        if (first != null && first.atMillis < timerAtMillis) {
            timerAtMillis = first.atMillis;
            lane.schedule(Math.max(DELAY_MILLIS_MIN, first.atMillis - clockMillis.getAsLong()), this::fire);
        }
    }

    private void fire() {
        timerAtMillis = Long.MAX_VALUE;
        long now = clockMillis.getAsLong();
        for (int i = 0; i < QUEUES_PER_TURN; i++) {
            Deadline first = pending.peek();
            if (first == null || first.atMillis > now) {
                break;
            }
            pending.poll();
            first.queue.deadlineReached();
        }
        afterwards.run();
        arm();
    }
}
