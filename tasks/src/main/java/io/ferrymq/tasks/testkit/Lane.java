package io.ferrymq.tasks.testkit;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing after the other, on the thread of whoever asks first; what is asked for meanwhile is done before that one
 * returns. Any thread.
 */
final class Lane {
    private final ReentrantLock lock = new ReentrantLock();
    /** What is to be done here. This and the following are guarded by the lock. */
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    /** What is to be done when nothing is left to be done here. */
    private final ArrayDeque<Runnable> afterwards = new ArrayDeque<>();

    /** Who works here; null if nobody does. */
    private @Nullable Thread worker;

    void execute(Runnable work) {
        lock.lock();
        try {
            waiting.add(work);
            if (worker != null) {
                return;
            }
            worker = Thread.currentThread();
        } finally {
            lock.unlock();
        }
        boolean left = false;
        try {
            for (Runnable next = nextHere(); next != null; next = nextHere()) {
                next.run();
            }
            left = true;
        } finally {
            if (!left) {
                leave();
            }
        }
        for (Runnable next = next(afterwards); next != null; next = next(afterwards)) {
            next.run();
        }
    }

    private @Nullable Runnable nextHere() {
        lock.lock();
        try {
            Runnable next = waiting.poll();
            if (next == null) {
                worker = null;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** After an error: what waits is done by whoever asks next. */
    private void leave() {
        lock.lock();
        try {
            worker = null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Runnable next(Queue<Runnable> from) {
        lock.lock();
        try {
            return from.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Runs something that may take its time: at once, or when this thread has left the lane. */
    void outside(Runnable work) {
        lock.lock();
        try {
            if (Thread.currentThread().equals(worker)) {
                afterwards.add(work);
                return;
            }
        } finally {
            lock.unlock();
        }
        work.run();
    }

    /** Whether the caller works here. */
    boolean isMine() {
        lock.lock();
        try {
            return Thread.currentThread().equals(worker);
        } finally {
            lock.unlock();
        }
    }
}
