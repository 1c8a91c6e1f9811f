package io.ferrymq.tasks.worker;

import io.ferrymq.tasks.RateLimit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait because as many of their task have begun as may. One token for each call drips into a bucket that holds
 * one, as in Celery. Any thread; calls are let go outside any lock.
 */
final class RateLimits {
    /** So many calls over their limit are taken from the queue for the sake of others behind them. */
    static final int TAKEN_MAX = 1_024;

    /** What is told of how many wait changes in such steps. */
    private static final int TAKEN_STEP = 16;

    private static final double NANOS = 1e9;

    /** One task's. Guarded by the lock. */
    private final class Bucket {
        private final ArrayDeque<TaskRun> waiting = new ArrayDeque<>();
        private @Nullable RateLimit limit;
        private double tokens = 1;
        private long filledNanos = nanos.getAsLong();
        private boolean timed;

        Bucket(@Nullable RateLimit limit) {
            this.limit = limit;
        }

        boolean takeToken() {
            if (limit == null) {
                return true;
            }
            long now = nanos.getAsLong();
            tokens = Math.min(1, tokens + (now - filledNanos) / NANOS * limit.perSecond());
            filledNanos = now;
            if (tokens < 1) {
                return false;
            }
            tokens--;
            return true;
        }

        long untilTokenNanos() {
            return limit == null ? 0 : 1 + (long) ((1 - tokens) / limit.perSecond() * NANOS);
        }
    }

    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;
    private final Consumer<TaskRun> letGo;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Bucket> buckets = new HashMap<>();

    /** How many wait. */
    private final AtomicInteger count = new AtomicInteger();

    RateLimits(ScheduledExecutorService timer, LongSupplier nanos, Consumer<TaskRun> letGo) {
        this.timer = timer;
        this.nanos = nanos;
        this.letGo = letGo;
    }

    /** Keeps a call until its task may run again; false if its task has no limit. */
    boolean hold(TaskRun run) {
        Bucket bucket;
        lock.lock();
        try {
            @Nullable RateLimit limit = run.definition().options().rateLimit();
            String task = run.message().task();
            bucket = buckets.get(task);
            if (bucket == null) {
                if (limit == null) {
                    return false;
                }
                bucket = new Bucket(limit);
                buckets.put(task, bucket);
            } else if (bucket.limit == null && bucket.waiting.isEmpty()) {
                return false;
            }
            bucket.waiting.add(run);
            count.incrementAndGet();
        } finally {
            lock.unlock();
        }
        drain(bucket);
        return true;
    }

    private void drain(Bucket bucket) {
        List<TaskRun> free = new ArrayList<>();
        lock.lock();
        try {
            while (!bucket.waiting.isEmpty() && bucket.takeToken()) {
                free.add(bucket.waiting.remove());
                count.decrementAndGet();
            }
            if (!bucket.waiting.isEmpty() && !bucket.timed) {
                bucket.timed = wakeAfter(bucket, bucket.untilTokenNanos());
            }
        } finally {
            lock.unlock();
        }
        free.forEach(letGo);
    }

    private boolean wakeAfter(Bucket bucket, long delayNanos) {
        try {
            ScheduledFuture<?> unused = timer.schedule(() -> timeOver(bucket), delayNanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (RejectedExecutionException stopped) {
            // The worker gives back what waits.
            return false;
        }
    }

    private void timeOver(Bucket bucket) {
        lock.lock();
        try {
            bucket.timed = false;
        } finally {
            lock.unlock();
        }
        drain(bucket);
    }

    /** Has a task limited otherwise from now on; null for not at all. */
    void set(String task, @Nullable RateLimit limit) {
        Bucket bucket;
        lock.lock();
        try {
            bucket = buckets.computeIfAbsent(task, name -> new Bucket(limit));
            // What has dripped until now did so at the old rate.
            bucket.filledNanos = nanos.getAsLong();
            bucket.limit = limit;
            bucket.timed = false;
        } finally {
            lock.unlock();
        }
        drain(bucket);
    }

    /** The limit of a task, if one was set or is at work; otherwise its own. */
    @Nullable RateLimit of(String task, @Nullable RateLimit own) {
        lock.lock();
        try {
            Bucket bucket = buckets.get(task);
            return bucket == null ? own : bucket.limit;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a call out; false if it does not wait here. */
    boolean remove(TaskRun run) {
        lock.lock();
        try {
            Bucket bucket = buckets.get(run.message().task());
            boolean waited = bucket != null && bucket.waiting.remove(run);
            if (waited) {
                count.decrementAndGet();
            }
            return waited;
        } finally {
            lock.unlock();
        }
    }

    /** The calls that wait. */
    List<TaskRun> waiting() {
        lock.lock();
        try {
            return buckets.values().stream()
                    .flatMap(bucket -> bucket.waiting.stream())
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** How many more calls are to be taken from queues because so many wait here. */
    int taken() {
        int steps = (count.get() + TAKEN_STEP - 1) / TAKEN_STEP;
        return Math.min(TAKEN_MAX, steps * TAKEN_STEP);
    }
}
