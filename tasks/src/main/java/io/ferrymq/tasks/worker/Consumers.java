package io.ferrymq.tasks.worker;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.tasks.Tasks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;

/** The queues that a worker takes calls from. Any thread. */
final class Consumers {
    private static final int QUEUES_MAX = 1_000;

    private final Tasks tasks;
    private final IntSupplier prefetch;
    private final BiConsumer<String, Delivery> listener;
    private final ReentrantLock lock = new ReentrantLock();

    /** In the order in which they were added. Guarded by the lock. */
    private final Map<String, CompletableFuture<Consumption>> consumptions = new LinkedHashMap<>();

    private boolean closed;

    /** The prefetch that was set last. */
    private final AtomicInteger told = new AtomicInteger();

    /** @param listener told of each delivery and the queue that it came from */
    Consumers(Tasks tasks, IntSupplier prefetch, BiConsumer<String, Delivery> listener) {
        this.tasks = tasks;
        this.prefetch = prefetch;
        this.listener = listener;
    }

    /** Takes calls from a queue, too, which is declared; completes when it does. */
    CompletableFuture<Consumption> add(String queue) {
        CompletableFuture<Consumption> mine = new CompletableFuture<>();
        lock.lock();
        try {
            CompletableFuture<Consumption> before = consumptions.get(queue);
            if (before != null) {
                return before;
            }
            if (closed) {
                return CompletableFuture.failedFuture(new ClosedException("the worker is closed", null));
            }
            if (consumptions.size() >= QUEUES_MAX) {
                throw new IllegalArgumentException("a worker takes calls from " + QUEUES_MAX + " queues at most");
            }
            consumptions.put(queue, mine);
        } finally {
            lock.unlock();
        }
        CompletableFuture<?> unused = tasks.declared(queue)
                .thenCompose(ready -> tasks.transport()
                        .consume(
                                ConsumeSpec.shared(queue, prefetch.getAsInt()),
                                delivery -> listener.accept(queue, delivery)))
                .whenComplete((begun, problem) -> {
                    if (problem == null) {
                        mine.complete(begun);
                    } else {
                        forget(queue, mine);
                        mine.completeExceptionally(problem);
                    }
                });
        return mine;
    }

    private void forget(String queue, CompletableFuture<Consumption> which) {
        lock.lock();
        try {
            consumptions.remove(queue, which);
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more calls from a queue; false if it takes none. */
    boolean cancel(String queue) {
        CompletableFuture<Consumption> which;
        lock.lock();
        try {
            which = consumptions.remove(queue);
        } finally {
            lock.unlock();
        }
        if (which == null) {
            return false;
        }
        CompletableFuture<?> unused = which.thenCompose(Consumption::cancel);
        return true;
    }

    List<String> queues() {
        lock.lock();
        try {
            return List.copyOf(consumptions.keySet());
        } finally {
            lock.unlock();
        }
    }

    /** Has the broker know how many calls may be here now, if that has changed. */
    void adjustPrefetch() {
        int now = prefetch.getAsInt();
        if (told.getAndSet(now) == now) {
            return;
        }
        List<CompletableFuture<Consumption>> all;
        lock.lock();
        try {
            all = new ArrayList<>(consumptions.values());
        } finally {
            lock.unlock();
        }
        for (CompletableFuture<Consumption> one : all) {
            if (one.isDone() && !one.isCompletedExceptionally()) {
                one.join().prefetch(now);
            }
        }
    }

    /** Takes no more calls from any. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        queues().forEach(this::cancel);
    }
}
