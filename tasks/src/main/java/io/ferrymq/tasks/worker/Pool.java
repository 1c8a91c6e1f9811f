package io.ferrymq.tasks.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs calls, so many at a time, in the order in which they came. Never blocks whoever submits. Any thread.
 *
 * <p>A slot is freed when its call ends, or earlier if the call is given up: its thread is then left to itself.
 */
final class Pool {
    /** One place to run in. */
    final class Slot {
        private boolean free;

        /** Lets the next call begin although the one that has this slot goes on. */
        void abandon() {
            release(this);
        }
    }

    /** What is run; it gets its slot. */
    interface Job {
        void run(Slot slot);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Executor threads;
    private final ArrayDeque<Job> waiting = new ArrayDeque<>();
    private int concurrency;
    private int running;
    private boolean stopped;

    Pool(Executor threads, int concurrency) {
        this.threads = threads;
        this.concurrency = concurrency;
    }

    /** Runs it when a slot is free; false if the pool was stopped. */
    boolean submit(Job job) {
        lock.lock();
        try {
            if (stopped) {
                return false;
            }
            waiting.add(job);
            startWaiting();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void startWaiting() {
        while (running < concurrency && !waiting.isEmpty()) {
            running++;
            Job job = waiting.remove();
            Slot slot = new Slot();
            threads.execute(() -> {
                try {
                    job.run(slot);
                } finally {
                    release(slot);
                }
            });
        }
    }

    private void release(Slot slot) {
        lock.lock();
        try {
            if (!slot.free) {
                slot.free = true;
                running--;
                startWaiting();
                if (running == 0) {
                    idle.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Changes how many calls run at a time; at least one. Running ones are not stopped. */
    int resize(int calls) {
        lock.lock();
        try {
            concurrency = Math.max(1, calls);
            startWaiting();
            return concurrency;
        } finally {
            lock.unlock();
        }
    }

    int concurrency() {
        lock.lock();
        try {
            return concurrency;
        } finally {
            lock.unlock();
        }
    }

    /** How many calls run. */
    int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    /** How many wait for a slot. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more, and forgets what has not begun. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing runs; false if that takes longer. */
    boolean awaitIdle(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanos = timeout.toNanos();
            while (running > 0 && nanos > 0) {
                nanos = idle.awaitNanos(nanos);
            }
            return running == 0;
        } finally {
            lock.unlock();
        }
    }
}
