package io.ferrymq.tasks.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** What workers have to run, until somebody runs it, in the order in which it came. Any thread. */
final class Jobs {
    private record Job(Threads of, Runnable work) {}

    private final ConcurrentLinkedDeque<Job> waiting = new ConcurrentLinkedDeque<>();

    /** Runs the next on the thread of the caller; false if there is none. */
    boolean runNext() {
        Job next = waiting.poll();
        if (next == null) {
            return false;
        }
        next.work.run();
        return true;
    }

    /** What a worker takes for its threads. */
    ExecutorService threads() {
        return new Threads();
    }

    private final class Threads extends AbstractExecutorService {
        /** Written by who shuts down, read by who submits. */
        private volatile boolean ended;

        @Override
        public void execute(Runnable work) {
            if (ended) {
                throw new RejectedExecutionException("the worker was closed");
            }
            waiting.add(new Job(this, work));
        }

        /** Runs what is left: a worker that closes has taken the calls out of it. */
        @Override
        public void shutdown() {
            ended = true;
            for (Job job : waiting) {
                if (job.of == this && waiting.remove(job)) {
                    job.work.run();
                }
            }
        }

        @Override
        public List<Runnable> shutdownNow() {
            ended = true;
            List<Runnable> left = new ArrayList<>();
            for (Job job : waiting) {
                if (job.of == this && waiting.remove(job)) {
                    left.add(job.work);
                }
            }
            return left;
        }

        @Override
        public boolean isShutdown() {
            return ended;
        }

        @Override
        public boolean isTerminated() {
            return ended;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return ended;
        }
    }
}
