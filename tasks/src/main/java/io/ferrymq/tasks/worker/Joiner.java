package io.ferrymq.tasks.worker;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.TransportException;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.WireMessages;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.ChordMessages;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskMessageFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's part in chords: takes messages that say that one is to be begun or joined, each until that is done. They take
 * no slot and nothing of the prefetch for calls. Any thread.
 */
final class Joiner implements DeliveryListener {
    private static final Logger LOG = LoggerFactory.getLogger(Joiner.class);

    /** Each join has a consumer, and with AMQP a channel, of which a connection has about 2,000. */
    private static final int JOINS_MAX = 500;

    /** Brokers take back what is held for half an hour. */
    private static final Duration HELD_LONGEST = Duration.ofMinutes(10);

    private static final int LOOK_MILLIS = 500;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Tasks tasks;
    private final Reports reports;
    private final ScheduledExecutorService timer;
    private final Duration heldLongest;
    private final Set<ChordJoin> joins = ConcurrentHashMap.newKeySet();

    /** Written once when it begins; read by who closes. */
    private volatile @Nullable Consumption consumption;

    private volatile boolean closed;

    private final AtomicBoolean warned = new AtomicBoolean();

    Joiner(Tasks tasks, ScheduledExecutorService timer) {
        this(tasks, timer, HELD_LONGEST);
    }

    /** @param heldLongest after this time a chord is handed on to whoever takes it next */
    Joiner(Tasks tasks, ScheduledExecutorService timer, Duration heldLongest) {
        this.tasks = tasks;
        this.reports = new Reports(tasks);
        this.timer = timer;
        this.heldLongest = heldLongest;
    }

    /** Begins to take messages. A worker that may not do that works without. */
    CompletableFuture<?> start() {
        ScheduledFuture<?> unused =
                timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return tasks.chords()
                .declared()
                .thenCompose(
                        done -> tasks.transport().consume(ConsumeSpec.shared(ChordMessages.EXCHANGE, JOINS_MAX), this))
                .handle((begun, problem) -> {
                    if (problem != null) {
                        LOG.warn("no chords are joined here: {}", problem.getMessage());
                    } else {
                        consumption = begun;
                    }
                    return begun;
                });
    }

    @Override
    public void delivered(Delivery delivery) {
        try {
            TaskMessage message = TaskMessageFormat.decode(WireMessages.of(delivery));
            if (message.task().equals(ChordMessages.BEGIN)) {
                begin(message, delivery);
            } else if (message.task().equals(ChordMessages.JOIN)) {
                join(message, delivery);
            } else {
                throw new BadMessageException("nothing is known of " + message.task());
            }
        } catch (BadMessageException e) {
            LOG.error("a message about chords is rejected: {}", e.getMessage());
            delivery.settle(Settlement.REJECT);
        }
    }

    private void begin(TaskMessage message, Delivery delivery) {
        ChordMessages.Begin chord = ChordMessages.readBegin(message);
        CompletableFuture<?> unused = tasks.chords().begin(message).whenComplete((done, problem) -> {
            if (problem == null) {
                delivery.settle(Settlement.ACCEPT);
            } else if (!mayWorkLater(problem)) {
                LOG.error("the chord {} is rejected, since it cannot be begun", chord.id(), problem);
                delivery.settle(Settlement.REJECT);
            } else {
                LOG.warn("the chord {} could not be begun; it is tried again", chord.id(), problem);
                later(() -> delivery.settle(Settlement.REQUEUE));
            }
        });
    }

    private static boolean mayWorkLater(Throwable problem) {
        Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
        return cause instanceof TransportException && !(cause instanceof RequestException);
    }

    private void join(TaskMessage message, Delivery delivery) {
        ChordJoin join = new ChordJoin(this, message, delivery);
        joins.add(join);
        if (closed) {
            join.giveBack();
        } else {
            join.start();
        }
    }

    private void look() {
        Instant now = tasks.clock().instant();
        joins.forEach(join -> join.look(now));
    }

    // ---- for its joins ----

    Tasks tasks() {
        return tasks;
    }

    Reports reports() {
        return reports;
    }

    /** The rules of a call that is not made, if its task is known here. */
    TaskOptions optionsOf(TaskMessage call) {
        Tasks.@Nullable Definition definition = tasks.definition(call.task());
        return definition == null ? TaskOptions.DEFAULTS : definition.options();
    }

    /** What did not work is not tried again at once. */
    void later(Runnable action) {
        CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS)
                .execute(action);
    }

    Duration heldLongest() {
        return heldLongest;
    }

    void ended(ChordJoin join) {
        joins.remove(join);
    }

    // ---- chords that are not joined here ----

    /** A member of a chord that its caller's backend would join, which no worker here uses. */
    void warnOfForeign(TaskMessage message) {
        if (message.followUp().chord() != null && warned.compareAndSet(false, true)) {
            LOG.warn(
                    "{}[{}] is run, but its chord needs the result backend of its caller; others like it are not told of",
                    message.task(),
                    message.id());
        }
    }

    // ---- the end ----

    /** The broker was lost: what it had delivered comes again, here or elsewhere. */
    @Override
    public void interrupted() {
        joins.forEach(ChordJoin::giveBack);
    }

    void close() {
        closed = true;
        Consumption running = consumption;
        if (running != null) {
            CompletableFuture<?> unused = running.cancel();
        }
        joins.forEach(ChordJoin::giveBack);
    }
}
