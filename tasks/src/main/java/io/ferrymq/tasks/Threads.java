package io.ferrymq.tasks;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for calls: virtual where the virtual machine has them (Java 21), otherwise platform threads. */
final class Threads {
    private Threads() {}

    static ExecutorService forCalls(String name) {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException olderJava) {
            return Executors.newCachedThreadPool(named(name));
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError("virtual threads cannot be made", e);
        }
    }

    static ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
