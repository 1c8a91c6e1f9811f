package io.ferrymq.tasks.worker;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
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
    private static final int SCALE_SECONDS = 1;
    private static final Duration MINGLE = Duration.ofSeconds(5);

    private final Tasks tasks;
    private final WorkerOptions options;
    private final Events events;
    private final Crew crew;
    private final Pool pool;
    private final Ahead ahead;
    private final Joiner joiner;
    private final ExecutorService threads;
    private final ScheduledExecutorService timer;
    private final Consumers consumers;
    private final RateLimits rateLimits;
    private final Autoscaler autoscaler;
    /** Calls that wait here for their time; they do not count as taken. */
    private final Set<TaskRun> early = ConcurrentHashMap.newKeySet();

    /** Calls that wait for a slot. */
    private final Set<TaskRun> reserved = ConcurrentHashMap.newKeySet();

    /** Set once, when it was started; read by who closes it. */
    private volatile @Nullable Consumption listening;

    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
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
        this.threads = tasks.surroundings().threads(options.name());
        this.timer = tasks.surroundings().timer(options.name());
        this.events = new Events(options.name(), tasks.transport(), tasks.clock(), tasks.logicalClock());
        this.crew = new Crew(tasks, timer, events);
        this.pool = new Pool(threads, options.concurrency());
        this.ahead = new Ahead(options.prefetchMultiplier(), this::adjustPrefetch);
        this.joiner = new Joiner(tasks, timer);
        this.consumers = new Consumers(tasks, this::prefetch, this::delivered);
        this.rateLimits = new RateLimits(timer, tasks.surroundings()::nanoTime, this::letGo);
        this.autoscaler =
                new Autoscaler(pool, options.autoscale(), tasks.surroundings()::nanoTime, this::adjustPrefetch);
    }

    /** Starts one with default options. Returns when it takes calls. */
    public static Worker start(Tasks tasks) {
        return start(tasks, WorkerOptions.defaults(tasks.host()));
    }

    /** Starts one. Returns when it takes calls. */
    public static Worker start(Tasks tasks, WorkerOptions options) {
        Worker worker = new Worker(tasks, options);
        for (String queue : options.queues()) {
            worker.consumers.add(queue).join();
        }
        worker.listening = new RemoteControl(
                        worker.name(),
                        tasks.transport(),
                        tasks.logicalClock(),
                        new Commands(worker, tasks, worker.crew))
                .start()
                .join();
        worker.joiner.start().join();
        worker.mingle();
        worker.startEvents();
        LOG.info("{} takes calls from {}", options.name(), options.queues());
        return worker;
    }

    private void startEvents() {
        events.start().join();
        events.online(0);
        ScheduledFuture<?> unused = timer.scheduleAtFixedRate(
                () -> events.heartbeat(crew.active().size()), HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
        ScheduledFuture<?> unusedToo =
                timer.scheduleWithFixedDelay(autoscaler::look, SCALE_SECONDS, SCALE_SECONDS, TimeUnit.SECONDS);
    }

    /** Asks other workers which calls are revoked. Nobody waits for it. */
    private void mingle() {
        Map<String, @Nullable Object> about = new LinkedHashMap<>();
        about.put("from_node", name());
        about.put("revoked", Map.of());
        CompletableFuture<?> unused = tasks.control()
                .ask("hello", about, MINGLE)
                .whenComplete((answers, problem) -> {
                    if (problem != null) {
                        LOG.debug("other workers were not asked what is revoked", problem);
                    } else {
                        answers.values().forEach(crew.revocations()::merge);
                    }
                });
    }

    Consumers consumers() {
        return consumers;
    }

    RateLimits rateLimits() {
        return rateLimits;
    }

    Autoscaler autoscaler() {
        return autoscaler;
    }

    /** Completes when it is closed, by its program or because it was told to. */
    public CompletableFuture<Void> whenClosed() {
        return ended.copy();
    }

    Events events() {
        return events;
    }

    int prefetch() {
        return Math.min(PREFETCH_MAX, pool.concurrency() * ahead.multiplier() + early.size() + rateLimits.taken());
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
            case RESERVED ->
                Stream.concat(reserved.stream(), rateLimits.waiting().stream()).toList();
            case SCHEDULED -> List.copyOf(early);
        };
    }

    // ---- in ----

    private void delivered(String queue, Delivery delivery) {
        TaskRun run;
        try {
            run = received(TaskMessageFormat.decode(WireMessages.of(delivery)), delivery, queue);
        } catch (BadMessageException e) {
            LOG.error("a message from {} is rejected: {}", delivery.routingKey(), e.getMessage());
            delivery.settle(Settlement.REJECT);
            return;
        }
        if (run != null) {
            submitWhenDue(run);
        }
    }

    private @Nullable TaskRun received(TaskMessage message, Delivery delivery, String queue) {
        Tasks.@Nullable Definition definition = tasks.definition(message.task());
        if (definition == null) {
            crew.unknown(message, delivery);
            return null;
        }
        joiner.warnOfForeign(message);
        events.received(message);
        return new TaskRun(message, definition, delivery, crew, queue);
    }

    private void submitWhenDue(TaskRun run) {
        @Nullable OffsetDateTime eta = run.message().timing().eta();
        Duration wait = eta == null ? Duration.ZERO : tasks.surroundings().until(eta.toInstant());
        if (wait.isZero() || wait.isNegative()) {
            submitWithinLimit(run);
            return;
        }
        early.add(run);
        long millis = wait.plusNanos(999_999).toMillis();
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
            submitWithinLimit(run);
        }
    }

    private void letGo(TaskRun run) {
        adjustPrefetch();
        submit(run);
    }

    /** A call over the limit of its task waits without a slot; others behind it are taken from the queue. */
    private void submitWithinLimit(TaskRun run) {
        if (!rateLimits.hold(run)) {
            submit(run);
            return;
        }
        adjustPrefetch();
        if (closed.get()) {
            giveBack(run);
        }
    }

    private void adjustPrefetch() {
        consumers.adjustPrefetch();
    }

    private void submit(TaskRun run) {
        reserved.add(run);
        boolean taken = pool.submit(slot -> {
            if (reserved.remove(run)) {
                long began = tasks.surroundings().nanoTime();
                run.run(slot);
                if (run.begun() != null) {
                    ahead.ran(tasks.surroundings().nanoTime() - began);
                }
            }
        });
        if (!taken) {
            giveBack(run);
        }
    }

    private void giveBack(TaskRun run) {
        if (reserved.remove(run) || early.remove(run) || rateLimits.remove(run)) {
            run.giveBack();
        }
    }

    // ---- the end ----

    private void stopListening() {
        @Nullable Consumption open = listening;
        if (open != null) {
            CompletableFuture<?> unused = open.cancel();
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        consumers.close();
        // The timer goes on, for the limits of what still runs. What is delivered from now on is given back.
        pool.stop();
        joiner.close();
        reserved.forEach(this::giveBack);
        early.forEach(this::giveBack);
        rateLimits.waiting().forEach(this::giveBack);
        threads.shutdown();
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
            stopListening();
            events.offline(crew.active().size());
            timer.shutdownNow();
            threads.shutdownNow();
            ended.complete(null);
        }
    }
}
