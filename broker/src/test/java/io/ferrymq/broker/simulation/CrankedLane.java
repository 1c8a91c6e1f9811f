package io.ferrymq.broker.simulation;

import io.ferrymq.broker.shard.Lane;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A lane that stands still until the test turns it, and whose time passes when the test says so. */
public final class CrankedLane implements Lane {
    private record Timer(long atMillis, long number, Runnable task) {}

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::atMillis).thenComparingLong(Timer::number));
    /** What was thrown inside the shard, and would have ended the process. */
    public final List<Throwable> breaks = new ArrayList<>();

    private long nowMillis;
    private long timersMade;

    public CrankedLane(long nowMillis) {
        this.nowMillis = nowMillis;
    }

    public long nowMillis() {
        return nowMillis;
    }

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void schedule(long delayMillis, Runnable task) {
        timers.add(new Timer(nowMillis + delayMillis, timersMade++, task));
    }

    @Override
    public void broken(Throwable cause) {
        breaks.add(cause);
    }

    /** Whether no task waits. */
    public boolean isIdle() {
        return tasks.isEmpty();
    }

    /** Runs one task; false if there was none. */
    public boolean turn() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    /** Runs tasks until none is left. */
    public void turnAll() {
        while (turn()) {}
    }

    /** Lets time pass: timers that are due become tasks, in their order. */
    public void pass(long millis) {
        nowMillis += millis;
        for (Timer first = timers.peek(); first != null && first.atMillis <= nowMillis; first = timers.peek()) {
            timers.poll();
            tasks.add(first.task);
        }
    }

    /** How many timers wait for their time. */
    public int timersWaiting() {
        return timers.size();
    }
}
