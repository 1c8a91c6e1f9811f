package io.ferrymq.tasks.worker;

import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.tasks.Call;
import io.ferrymq.tasks.TaskOptions.Acknowledge;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.TaskMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One call in this worker, from its message to its end. */
final class TaskRun {
    /** Why its thread was interrupted. */
    enum Stop {
        SOFT_LIMIT,
        TERMINATED,
        SHUTDOWN
    }

    private final TaskMessage message;
    private final Tasks.Definition definition;
    private final Delivery delivery;
    private final Crew crew;
    private final String queue;
    private final Call call;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    /** The thread that runs it while it may be interrupted. Guarded by the lock. */
    private @Nullable Thread runner;

    private @Nullable Stop stop;

    /** Written when it begins, read by who lists what is active. */
    private volatile @Nullable Instant begun;

    TaskRun(TaskMessage message, Tasks.Definition definition, Delivery delivery, Crew crew, String queue) {
        this.message = message;
        this.definition = definition;
        this.delivery = delivery;
        this.crew = crew;
        this.queue = queue;
        this.call = new Call(message);
    }

    /** For people. */
    String name() {
        return message.task() + "[" + message.id() + "]";
    }

    Delivery delivery() {
        return delivery;
    }

    /** Where it came from. */
    String queue() {
        return queue;
    }

    TaskMessage message() {
        return message;
    }

    Call call() {
        return call;
    }

    Tasks.Definition definition() {
        return definition;
    }

    /** Where its message came from, as Celery's monitors show it. */
    Map<String, @Nullable Object> deliveryInfo() {
        Map<String, @Nullable Object> info = new LinkedHashMap<>();
        info.put("exchange", delivery.exchange());
        info.put("routing_key", delivery.routingKey());
        info.put("priority", message.priority());
        info.put("redelivered", delivery.redelivered());
        return info;
    }

    /** When it began to run; null if it waits. */
    @Nullable Instant begun() {
        return begun;
    }

    /** How long it has run. */
    double runtimeSeconds() {
        Instant from = begun;
        return from == null ? 0 : Duration.between(from, crew.clock().instant()).toNanos() / 1e9;
    }

    boolean acknowledgesLate() {
        return definition.options().acknowledge() == Acknowledge.LATE;
    }

    /** Runs it in a slot, on the thread of the caller. */
    void run(Pool.Slot slot) {
        if (crew.isCalledOff(this) || crew.isParked(this)) {
            return;
        }
        if (!acknowledgesLate()) {
            delivery.settle(Settlement.ACCEPT);
        }
        Instant now = crew.clock().instant();
        begun = now;
        crew.began(this);
        Crew.TimeLimits limits = crew.limits(definition);
        @Nullable ScheduledFuture<?> softTimer =
                after(limit(message.timing().softLimitSeconds(), limits.soft()), () -> interrupt(Stop.SOFT_LIMIT));
        @Nullable ScheduledFuture<?> hardTimer =
                after(limit(message.timing().hardLimitSeconds(), limits.hard()), () -> giveUp(slot));
        Outcome outcome = runBody();
        cancel(softTimer);
        cancel(hardTimer);
        end(outcome);
    }

    private static @Nullable Duration limit(@Nullable Double ofCallSeconds, @Nullable Duration ofTask) {
        return ofCallSeconds == null ? ofTask : Duration.ofMillis(Math.round(ofCallSeconds * 1_000));
    }

    private @Nullable ScheduledFuture<?> after(@Nullable Duration limit, Runnable action) {
        return limit == null ? null : crew.timer().schedule(action, limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void cancel(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private Outcome runBody() {
        setRunner(Thread.currentThread());
        try {
            return new Outcome.Returned(definition.body().run(call));
        } catch (Throwable thrown) {
            // Whatever a body throws is its failure, and the worker's to report.
            return Outcome.thrown(thrown, stopReason());
        } finally {
            setRunner(null);
            // An interrupt that came too late must not meet the next call on this thread.
            Thread.interrupted();
        }
    }

    private void setRunner(@Nullable Thread thread) {
        lock.lock();
        try {
            runner = thread;
            if (thread != null && stop != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Stop stopReason() {
        lock.lock();
        try {
            return stop;
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts it, at once or when it begins. */
    void interrupt(Stop why) {
        lock.lock();
        try {
            stop = why;
            if (runner != null) {
                runner.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    private void giveUp(Pool.Slot slot) {
        interrupt(Stop.TERMINATED);
        if (end(new Outcome.GivenUp())) {
            slot.abandon();
        }
    }

    /** Reports how it ended, once; false if that was done before. */
    private boolean end(Outcome outcome) {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        crew.ended(this, outcome);
        return true;
    }

    /** The broker may forget it. */
    void acknowledge() {
        delivery.settle(Settlement.ACCEPT);
    }

    /** It did not begin here: somebody else shall have it. */
    void giveBack() {
        delivery.settle(Settlement.REQUEUE);
    }
}
