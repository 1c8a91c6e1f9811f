package io.ferrymq.broker.shard;

import io.ferrymq.broker.queue.Queue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
    /** When the lane's timers fire that were asked for and cannot be cancelled; the earliest first. */
    private final PriorityQueue<Long> timers = new PriorityQueue<>();

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

    /** Has a timer fire for the first deadline, unless one fires earlier anyway and can arm the next. */
    private void arm() {
        @Nullable Deadline first = pending.peek();
        if (first == null) {
            return;
        }
        long now = clockMillis.getAsLong();
        long atMillis = Math.max(now + DELAY_MILLIS_MIN, first.atMillis);
        if (timers.isEmpty() || atMillis < timers.peek()) {
            timers.add(atMillis);
            lane.schedule(atMillis - now, () -> fire(atMillis));
        }
    }

    private void fire(long timerAtMillis) {
        timers.remove(timerAtMillis);
        due().forEach(Queue::deadlineReached);
        afterwards.run();
        arm();
    }

    /** Takes the queues that are due, as many as one turn may wake. One that cannot go on yet comes back later. */
    private List<Queue> due() {
        long now = clockMillis.getAsLong();
        List<Queue> due = new ArrayList<>();
        for (@Nullable Deadline first = pending.peek();
                first != null && first.atMillis <= now && due.size() < QUEUES_PER_TURN;
                first = pending.peek()) {
            due.add(first.queue);
            pending.poll();
        }
        return due;
    }
}
