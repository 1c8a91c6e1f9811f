package io.ferrymq.client;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Where an application's code runs: a virtual thread for each task from Java 21 on, before that a pool that grows. */
final class Threads {
    private static final Executor PER_TASK = perTask();

    private Threads() {}

    static Executor executor() {
        return PER_TASK;
    }

    /** Runs {@code task} not earlier than {@code delayMillis} from now. */
    static void after(long delayMillis, Runnable task) {
        CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS, PER_TASK)
                .execute(task);
    }

    /** The method is looked up by name, since this compiles for a Java that does not have it. */
    private static Executor perTask() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            AtomicLong number = new AtomicLong();
            return Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "ferry-client-" + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });
        }
    }
}
