package io.ferrymq.tasks.schedule;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.TransactionalConsumption;
import io.ferrymq.client.transport.TransportException;
import io.ferrymq.tasks.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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
 * Fires the entries of a queue of schedules. Of all schedulers of a queue, in whatever process, one is active; the others
 * wait to take its place.
 *
 * <p>Thread contract: any thread may start and close one; a thread of its own does everything else and owns all fields.
 *
 * <pre>
 *   state     on                                  to
 *   waiting   a first message comes               loading: sends a mark behind all that is in the queue
 *   loading   the mark comes                      active: has seen everything
 *   active    a change comes, or a tick           publishes what follows and settles what was, in one transaction
 *   any       the broker is lost                  waiting: everything comes again, to it or to another
 *   any       a transaction fails                 waiting, on another channel
 *   any       close                               ended: everything goes to another
 * </pre>
 */
public final class Scheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    /** The clock on the wall may be set: it is looked at so often at least. */
    private static final Duration LOOK_AFTER = Duration.ofSeconds(1);

    private static final Duration BEGIN_AGAIN_AFTER = Duration.ofSeconds(1);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);

    private enum State {
        WAITING,
        LOADING,
        ACTIVE,
        ENDED
    }

    private final Tasks tasks;
    private final SchedulerOptions options;
    private final ScheduledExecutorService lane = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "ferry-scheduler");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Ledger ledger;

    /** Written by the lane, read by who asks. */
    private volatile State state = State.WAITING;

    /** Counts what was begun; what belongs to something older is not looked at. */
    private long epoch;

    /** Counts how often everything began to come anew, within an epoch or with another. */
    private long round;

    /** By the lane's own clock; after a fault nothing is done before. */
    private long pauseUntilNanos = System.nanoTime();

    private String mark = "";
    private boolean committing;

    /** What came before the answer to a commit, perhaps what the commit itself published. */
    private final List<Delivery> early = new ArrayList<>();

    private @Nullable TransactionalConsumption consumption;
    private @Nullable ScheduledFuture<?> wakeUp;

    private Scheduler(Tasks tasks, SchedulerOptions options) {
        this.tasks = tasks;
        this.options = options;
        this.ledger = new Ledger(new Calls(tasks, this::onLane, this::work));
    }

    /** Starts one for the schedules of {@link Schedules#of}. Returns when it is ready to take its turn. */
    public static Scheduler start(Tasks tasks) {
        return start(tasks, SchedulerOptions.defaults().withClock(tasks.clock()));
    }

    /** Starts one. Returns when it is ready to take its turn. */
    public static Scheduler start(Tasks tasks, SchedulerOptions options) {
        Scheduler scheduler = new Scheduler(tasks, options);
        CompletableFuture<Void> begun = new CompletableFuture<>();
        scheduler.onLane(() -> scheduler.begin(begun));
        try {
            begun.join();
            return scheduler;
        } catch (RuntimeException e) {
            scheduler.close();
            throw e;
        }
    }

    static QueueDeclaration declaration(String queue) {
        return QueueDeclaration.durable(queue).with("x-single-active-consumer", true);
    }

    /** Whether it is the one that fires, as far as it knows. */
    public boolean isActive() {
        return state == State.ACTIVE;
    }

    private void onLane(Runnable task) {
        try {
            lane.execute(() -> guarded(task));
        } catch (RejectedExecutionException ended) {
            // Nothing is left that it could change.
            return;
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("the scheduler begins again, for it met a fault of its own", e);
            beginAgain();
        }
    }

    // ---- consuming ----

    private void begin(CompletableFuture<Void> begun) {
        long mine = ++epoch;
        Listener listener = new Listener(mine);
        CompletableFuture<?> unused = tasks.transport()
                .declareQueue(declaration(options.queue()))
                .thenCompose(done ->
                        tasks.transport().consumeTransactionally(ConsumeSpec.shared(options.queue(), 0), listener))
                .whenComplete((started, problem) -> {
                    if (problem != null) {
                        begun.completeExceptionally(problem);
                        return;
                    }
                    if (closed.get()) {
                        // It must not stay the active consumer of the queue.
                        CompletableFuture<?> unusedToo = started.cancel();
                    } else {
                        onLane(() -> begun(mine, started));
                    }
                    begun.complete(null);
                });
    }

    private void begun(long mine, TransactionalConsumption started) {
        if (mine != epoch) {
            CompletableFuture<?> unused = started.cancel();
            return;
        }
        consumption = started;
        work();
    }

    /** Lets go of everything, so that it comes again, here or to another scheduler. */
    private void beginAgain() {
        if (state == State.ENDED) {
            return;
        }
        CompletableFuture<?> unused = letGo();
        schedule(BEGIN_AGAIN_AFTER, () -> {
            if (state != State.ENDED) {
                CompletableFuture<Void> begun = new CompletableFuture<>();
                begin(begun);
                CompletableFuture<?> unusedToo = begun.whenComplete((done, problem) -> {
                    if (problem instanceof ClosedException
                            || (problem != null && problem.getCause() instanceof ClosedException)) {
                        LOG.info("the scheduler ends with its connection");
                    } else if (problem != null) {
                        LOG.warn("the scheduler cannot begin, and tries again", problem);
                        onLane(this::beginAgain);
                    }
                });
            }
        });
    }

    private CompletableFuture<Void> letGo() {
        forget();
        epoch++;
        @Nullable TransactionalConsumption old = consumption;
        consumption = null;
        return old == null ? CompletableFuture.completedFuture(null) : old.cancel();
    }

    private void forget() {
        round++;
        state = State.WAITING;
        committing = false;
        early.clear();
        ledger.clear();
    }

    private void schedule(Duration delay, Runnable task) {
        try {
            wakeUp = lane.schedule(() -> guarded(task), Math.max(1, delay.toMillis()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ended) {
            return;
        }
    }

    /** What comes on one consumption. Called on the transport's thread. */
    private final class Listener implements DeliveryListener {
        private final long mine;

        Listener(long mine) {
            this.mine = mine;
        }

        @Override
        public void delivered(Delivery delivery) {
            onLane(() -> {
                if (mine == epoch) {
                    Scheduler.this.delivered(delivery);
                }
            });
        }

        @Override
        public void interrupted() {
            onLane(() -> {
                if (mine == epoch) {
                    forget();
                }
            });
        }

        @Override
        public void ended(TransportException cause) {
            onLane(() -> {
                if (mine == epoch && !(cause instanceof ClosedException)) {
                    LOG.error("the queue of schedules is gone; it is declared again", cause);
                    beginAgain();
                }
            });
        }
    }

    private void delivered(Delivery delivery) {
        if (committing) {
            early.add(delivery);
            return;
        }
        if (state == State.WAITING) {
            state = State.LOADING;
            sendMark();
        }
        ledger.delivered(delivery, now());
        if (state == State.LOADING && mark.equals(delivery.properties().correlationId())) {
            state = State.ACTIVE;
            LOG.info("the schedules of {} are fired from here", options.queue());
        }
        work();
    }

    private void sendMark() {
        mark = UUID.randomUUID().toString();
        long mine = round;
        MessageProperties properties = MessageProperties.builder()
                .correlationId(mark)
                .transientMessage()
                .build();
        CompletableFuture<?> unused = tasks.transport()
                .publish(ScheduleMessages.message(options.queue(), ScheduleMessages.MARK, Map.of(), properties))
                .whenComplete((sent, problem) -> {
                    if (problem != null) {
                        onLane(() -> failed(mine, problem));
                    }
                });
    }

    // ---- working ----

    private Instant now() {
        return options.clock().instant();
    }

    /** Does what is due, after its clock was turned by hand. Any thread. */
    void look() {
        onLane(this::work);
    }

    private void work() {
        if (state != State.ACTIVE || committing || consumption == null) {
            return;
        }
        long pauseNanos = pauseUntilNanos - System.nanoTime();
        if (pauseNanos > 0) {
            schedule(Duration.ofNanos(pauseNanos), this::work);
            return;
        }
        Instant now = now();
        ScheduleTransaction next = ledger.next(options.queue(), now);
        if (next.isEmpty()) {
            sleep(now);
            return;
        }
        committing = true;
        long mine = round;
        CompletableFuture<?> unused = consumption
                .commit(next.messages(), next.settlements())
                .whenComplete((done, problem) -> onLane(() -> {
                    if (problem != null) {
                        failed(mine, problem);
                    } else if (mine == round) {
                        committed(next);
                    }
                }));
    }

    private void committed(ScheduleTransaction transaction) {
        committing = false;
        ledger.committed(transaction, now());
        early.forEach(delivery -> ledger.delivered(delivery, now()));
        early.clear();
        work();
    }

    private void failed(long mine, Throwable problem) {
        LOG.warn("a transaction of the scheduler failed, and it reads everything again: {}", problem.toString());
        pauseUntilNanos = System.nanoTime() + BEGIN_AGAIN_AFTER.toNanos();
        if (mine == round && state != State.ENDED) {
            beginAgain();
        }
    }

    private void sleep(Instant now) {
        if (wakeUp != null) {
            wakeUp.cancel(false);
        }
        @Nullable Instant next = ledger.nextTime();
        if (next != null) {
            Duration until = Duration.between(now, next);
            // What is due and was not done waits for something that tells when it is there.
            Duration wait =
                    !until.isNegative() && !until.isZero() && until.compareTo(LOOK_AFTER) < 0 ? until : LOOK_AFTER;
            schedule(wait, this::work);
        }
    }

    // ---- the end ----

    /** Ends it. Another scheduler of the queue goes on. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        CompletableFuture<Void> ended = new CompletableFuture<>();
        onLane(() -> {
            CompletableFuture<Void> letGo = letGo();
            state = State.ENDED;
            CompletableFuture<?> unused = letGo.whenComplete((done, problem) -> ended.complete(null));
        });
        // A transport that was closed before has let go of everything.
        ended.completeOnTimeout(null, CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        // What was handed to the lane before is done, so that nothing is held on to.
        lane.shutdown();
    }
}
