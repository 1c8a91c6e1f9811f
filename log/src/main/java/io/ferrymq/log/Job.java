package io.ferrymq.log;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Work that one thread does once, and whose outcome the lane takes once. {@link #run} is called on the thread that
 * works, {@link #finish} on the lane: it takes the work over if nobody has begun it, so that a log can be closed by a
 * single thread that cranks everything.
 */
final class Job implements Runnable {
    /** The part that touches the disk. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    private final Work work;
    private final Runnable outcome;
    private final Executor lane;
    private final Failure failure;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Published by the working thread before {@link #ended}, read by the lane after it. */
    private volatile boolean succeeded;

    /** Lane only. */
    private boolean settled;

    Job(Work work, Runnable outcome, Executor lane, Failure failure) {
        this.work = work;
        this.outcome = outcome;
        this.lane = lane;
        this.failure = failure;
    }

    @Override
    public void run() {
        if (begun.compareAndSet(false, true)) {
            try {
                work();
                lane.execute(this::settle);
            } finally {
                ended.countDown();
            }
        }
    }

    private void work() {
        if (failure.happened()) {
            return;
        }
        try {
            work.run();
            succeeded = true;
        } catch (IOException | RuntimeException | Error e) {
            failure.report(e);
        }
    }

    /** A failed job has no outcome: what it was meant to make safe is never reported. */
    private void settle() {
        if (!settled) {
            settled = true;
            if (succeeded) {
                outcome.run();
            }
        }
    }

    /** Waits for the work, or does it here, and takes its outcome. */
    void finish() {
        if (begun.compareAndSet(false, true)) {
            work();
            ended.countDown();
        }
        awaitEnd();
        settle();
    }

    private void awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                // The flush cannot be abandoned half-way; the caller sees its interrupt afterwards.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
