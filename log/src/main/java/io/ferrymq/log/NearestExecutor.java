package io.ferrymq.log;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Runs tasks where they are cheapest: at once on the caller's thread while they have been short lately, otherwise on a
 * thread of their own, so that long ones do not stop the caller. For two threads to wake each other takes as long as a
 * short flush and costs more of a processor.
 *
 * <p>The first tasks go to the thread, and so do those after a long one, until it is forgotten.
 *
 * <p>Thread contract: one caller, who hands over the next task when the last one has ended.
 */
final class NearestExecutor implements Executor {
    /** A new task counts for one part in this many of the average. */
    private static final int AVERAGE_OVER = 8;

    private final Executor thread;
    private final LongSupplier clockNanos;
    private final long shortNanosMax;

    /** Written where tasks run, read by the caller, who may be told of a task's end just before that. */
    private volatile long averageNanos;

    /** @param shortNanosMax tasks that take at most this long on average run on the caller's thread; 0 means none do */
    NearestExecutor(Executor thread, LongSupplier clockNanos, long shortNanosMax) {
        this.thread = thread;
        this.clockNanos = clockNanos;
        this.shortNanosMax = shortNanosMax;
        this.averageNanos = 2 * shortNanosMax;
    }

    @Override
    public void execute(Runnable task) {
        if (averageNanos < shortNanosMax) {
            measured(task);
        } else {
            thread.execute(() -> measured(task));
        }
    }

    private void measured(Runnable task) {
        long begin = clockNanos.getAsLong();
        task.run();
        long average = averageNanos;
        averageNanos = average + (clockNanos.getAsLong() - begin - average) / AVERAGE_OVER;
    }
}
