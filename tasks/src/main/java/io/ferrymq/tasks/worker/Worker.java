package io.ferrymq.tasks.worker;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.WireMessages;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskMessageFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes calls from queues and runs those that its {@link Tasks} define. Any thread.
 *
 * <p>{@link #close} stops it warmly: it takes no more, gives back what has not begun, and lets running calls end within
 * the grace of its options; then it interrupts them.
 */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(5);
    private static final int PREFETCH_MAX = 65_535;
    private static final int HEARTBEAT_SECONDS = 2;

    private final Tasks tasks;
    private final WorkerOptions options;
    private final Events events;
    private final Crew crew;
    private final Pool pool;
    private final Ahead ahead;
    private final ExecutorService threads;
    private final ScheduledExecutorService timer;
    private final List<Consumption> consumptions = new CopyOnWriteArrayList<>();
    /** Calls that wait here for their time; they do not count as taken. */
    private final Set<TaskRun> early = ConcurrentHashMap.newKeySet();

    /** Calls that wait for a slot. */
    private final Set<TaskRun> reserved = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean closed = new AtomicBoolean();
    private final Instant started;

    /** How far a call is in a worker. */
    enum Stage {
        /** It runs. */
        ACTIVE,
        /** It waits for a slot. */
        RESERVED,
        /** It waits for its time. */
        SCHEDULED
    }

    private Worker(Tasks tasks, WorkerOptions options) {
        this.started = tasks.clock().instant();
        this.tasks = tasks;
        this.options = options;
        this.threads = Threads.forCalls(options.name());
        this.timer = Executors.newSingleThreadScheduledExecutor(Threads.named(options.name() + "-timer"));
        this.events = new Events(options.name(), tasks.transport(), tasks.clock());
        this.crew = new Crew(tasks, timer, new Random(), events);
        this.pool = new Pool(threads, options.concurrency());
        this.ahead = new Ahead(options.prefetchMultiplier(), this::adjustPrefetch);
    }

    /** Starts one with default options. Returns when it takes calls. */
    public static Worker start(Tasks tasks) {
        return start(tasks, WorkerOptions.defaults(tasks.host()));
    }

    /** Starts one. Returns when it takes calls. */
    public static Worker start(Tasks tasks, WorkerOptions options) {
        Worker worker = new Worker(tasks, options);
        for (String queue : options.queues()) {
            worker.consumptions.add(worker.consume(queue).join());
        }
        new RemoteControl(worker.name(), tasks.transport(), new Commands(worker, tasks, worker.crew))
                .start()
                .join();
        worker.startEvents();
        LOG.info("{} takes calls from {}", options.name(), options.queues());
        return worker;
    }

    private void startEvents() {
        events.start().join();
        events.online(0);
        ScheduledFuture<?> unused = timer.scheduleAtFixedRate(
                () -> events.heartbeat(crew.active().size()), HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
    }

    Events events() {
        return events;
    }

    private CompletableFuture<Consumption> consume(String queue) {
        return tasks.declared(queue)
                .thenCompose(
                        ready -> tasks.transport().consume(ConsumeSpec.shared(queue, prefetch()), this::delivered));
    }

    int prefetch() {
        return Math.min(PREFETCH_MAX, pool.concurrency() * ahead.multiplier() + early.size());
    }

    public String name() {
        return options.name();
    }

    WorkerOptions options() {
        return options;
    }

    int concurrency() {
        return pool.concurrency();
    }

    /** Runs so many calls more at a time, or less; returns how many then. */
    int resize(int more) {
        int concurrency = pool.resize(pool.concurrency() + more);
        adjustPrefetch();
        return concurrency;
    }

    long uptimeSeconds() {
        return Duration.between(started, tasks.clock().instant()).toSeconds();
    }

    /** The calls that are so far. */
    List<TaskRun> runs(Stage stage) {
        return switch (stage) {
            case ACTIVE -> crew.active();
            case RESERVED -> List.copyOf(reserved);
            case SCHEDULED -> List.copyOf(early);
        };
    }

    // ---- in ----

    private void delivered(Delivery delivery) {
        TaskRun run;
        try {
            run = received(TaskMessageFormat.decode(WireMessages.of(delivery)), delivery);
        } catch (BadMessageException e) {
            LOG.error("a message from {} is rejected: {}", delivery.routingKey(), e.getMessage());
            delivery.settle(Settlement.REJECT);
            return;
        }
        if (run != null) {
            submitWhenDue(run);
        }
    }

    private @Nullable TaskRun received(TaskMessage message, Delivery delivery) {
        Tasks.@Nullable Definition definition = tasks.definition(message.task());
        if (definition == null) {
            LOG.error("{}[{}] is rejected: no task of that name is defined here", message.task(), message.id());
            delivery.settle(Settlement.REJECT);
            return null;
        }
        events.received(message);
        return new TaskRun(message, definition, delivery, crew);
    }

    private void submitWhenDue(TaskRun run) {
        @Nullable OffsetDateTime eta = run.message().timing().eta();
        Instant now = tasks.clock().instant();
        if (eta == null || !eta.toInstant().isAfter(now)) {
            submit(run);
            return;
        }
        early.add(run);
        long millis = Duration.between(now, eta.toInstant()).toMillis() + 1;
        try {
            ScheduledFuture<?> unused = timer.schedule(() -> due(run), millis, TimeUnit.MILLISECONDS);
            adjustPrefetch();
        } catch (RejectedExecutionException stopped) {
            giveBack(run);
        }
        if (closed.get()) {
            giveBack(run);
        }
    }

    private void due(TaskRun run) {
        if (early.remove(run)) {
            adjustPrefetch();
            submit(run);
        }
    }

    private void adjustPrefetch() {
        consumptions.forEach(consumption -> consumption.prefetch(prefetch()));
    }

    private void submit(TaskRun run) {
        reserved.add(run);
        boolean taken = pool.submit(slot -> {
            if (reserved.remove(run)) {
                long began = System.nanoTime();
                run.run(slot);
                ahead.ran(System.nanoTime() - began);
            }
        });
        if (!taken) {
            giveBack(run);
        }
    }

    private void giveBack(TaskRun run) {
        if (reserved.remove(run) || early.remove(run)) {
            run.giveBack();
        }
    }

    // ---- the end ----

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        CompletableFuture<?> unused = CompletableFuture.allOf(
                consumptions.stream().map(Consumption::cancel).toArray(CompletableFuture[]::new));
        // The timer goes on, for the limits of what still runs. What is delivered from now on is given back.
        pool.stop();
        reserved.forEach(this::giveBack);
        early.forEach(this::giveBack);
        try {
            if (!pool.awaitIdle(options.grace())) {
                LOG.warn(
                        "{} interrupts {} calls that did not end in {}",
                        name(),
                        crew.active().size(),
                        options.grace());
                crew.interruptAll();
                pool.awaitIdle(AFTER_INTERRUPT);
            }
        } catch (InterruptedException e) {
            crew.interruptAll();
            Thread.currentThread().interrupt();
        } finally {
            events.offline(crew.active().size());
            timer.shutdownNow();
            threads.shutdownNow();
        }
    }
}
