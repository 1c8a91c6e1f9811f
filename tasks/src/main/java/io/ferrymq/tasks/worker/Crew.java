package io.ferrymq.tasks.worker;

import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.tasks.TaskListener;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.ResultMessage;
import io.ferrymq.tasks.message.ResultMessage.Problem;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskMessage.Timing;
import io.ferrymq.tasks.message.TaskState;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens around runs: it knows which calls are active and which are called off, and sends what became of them. A
 * call that is acknowledged late is acknowledged when everything that it led to is with the broker. Any thread.
 */
final class Crew {
    private static final Logger LOG = LoggerFactory.getLogger(Crew.class);
    private static final int ASKING_SECONDS_MAX = 30;
    private static final String EXPIRED = "expired";

    private final Tasks tasks;
    private final ScheduledExecutorService timer;
    private final Events events;
    private final Reports reports;
    private final Losses losses;
    private final Revocations revocations = new Revocations();
    private final Map<String, TaskRun> active = new ConcurrentHashMap<>();
    private final Map<String, TimeLimits> timeLimits = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> totals = new ConcurrentHashMap<>();

    Crew(Tasks tasks, ScheduledExecutorService timer, Events events) {
        this.events = events;
        this.tasks = tasks;
        this.timer = timer;
        this.reports = new Reports(tasks);
        this.losses = new Losses(tasks);
    }

    Clock clock() {
        return tasks.clock();
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    Revocations revocations() {
        return revocations;
    }

    List<TaskRun> active() {
        return List.copyOf(active.values());
    }

    /** Drops a call, and stops it if it runs and {@code terminate} says so. */
    void revoke(String id, boolean terminate) {
        revocations.add(id);
        @Nullable TaskRun run = active.get(id);
        if (terminate && run != null) {
            run.interrupt(TaskRun.Stop.TERMINATED);
        }
    }

    /** The limits of a task's runs, those of its calls aside. */
    record TimeLimits(@Nullable Duration soft, @Nullable Duration hard) {}

    /** Has runs of a task that begin from now on limited otherwise. */
    void limit(String task, TimeLimits limits) {
        timeLimits.put(task, limits);
    }

    TimeLimits limits(Tasks.Definition definition) {
        TaskOptions options = definition.options();
        return timeLimits.getOrDefault(definition.name(), new TimeLimits(options.softLimit(), options.hardLimit()));
    }

    /** How many calls of each task were begun. */
    Map<String, Long> totals() {
        Map<String, Long> counts = new TreeMap<>();
        totals.forEach((task, count) -> counts.put(task, count.sum()));
        return counts;
    }

    void interruptAll() {
        active.values().forEach(run -> run.interrupt(TaskRun.Stop.SHUTDOWN));
    }

    // ---- the life of a run ----

    /** Whether a call is not to run any more: then it is ended here. */
    boolean isCalledOff(TaskRun run) {
        @Nullable String why = whyCalledOff(run.message());
        if (why == null) {
            return false;
        }
        LOG.info("{} is not run: {}", name(run), why);
        events.revoked(run.message(), false, why.equals(EXPIRED));
        Problem problem = new Problem("TaskRevokedError", List.of(why), "celery.exceptions");
        hear(run, listener -> listener.revoked(run.call(), why));
        acknowledgeAfter(run, revoked(run, problem));
        return true;
    }

    /** Rejects a call of a task that is not defined here; its caller is told. */
    void unknown(TaskMessage message, Delivery delivery) {
        LOG.error("{}[{}] is rejected: no task of that name is defined here", message.task(), message.id());
        Problem problem = new Problem("NotRegistered", List.of(message.task()), "celery.exceptions");
        events.failed("task-failed", message, problem.message(), null);
        CompletableFuture<?> unused = CompletableFuture.allOf(
                        reports.send(
                                message,
                                TaskOptions.DEFAULTS,
                                ResultMessage.problem(message, TaskState.FAILURE, problem, null)),
                        FollowUps.afterFailure(tasks, message, problem))
                .whenComplete((done, unsent) -> {
                    if (unsent != null) {
                        LOG.warn("the caller of {}[{}] could not be told", message.task(), message.id(), unsent);
                    }
                    delivery.settle(Settlement.REJECT);
                });
    }

    private @Nullable String whyCalledOff(TaskMessage message) {
        Timing timing = message.timing();
        if (timing.expires() != null && timing.expires().toInstant().isBefore(clock().instant())) {
            return EXPIRED;
        }
        return revocations.contains(message.id()) ? "revoked" : null;
    }

    /** Whether a call has lost its workers too often: then it is parked. Blocks while the broker is asked. */
    boolean isParked(TaskRun run) {
        // One that runs here has lost its broker, and not its worker.
        if (!Losses.concerns(run) || active.containsKey(run.message().id())) {
            return false;
        }
        try {
            long count = losses.count(run).get(ASKING_SECONDS_MAX, TimeUnit.SECONDS);
            if (count > run.definition().options().workerLossesMax()) {
                park(run, count);
                return true;
            }
            losses.begins(run).get(ASKING_SECONDS_MAX, TimeUnit.SECONDS);
            return false;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            LOG.warn("{} is given back, since it cannot be counted how often it has lost its worker", name(run), e);
            run.giveBack();
            return true;
        }
    }

    private void park(TaskRun run, long count) {
        String reason = "its worker was lost " + count + " times";
        Problem problem = new Problem("WorkerLostError", List.of(reason), "billiard.exceptions");
        acknowledgeAfter(
                run,
                losses.park(run, count, reason)
                        .thenCompose(done -> failed(run, problem, null))
                        .thenCompose(done -> losses.forget(run)));
    }

    void began(TaskRun run) {
        active.put(run.message().id(), run);
        if (run.definition().options().trackStarted()) {
            CompletableFuture<?> unused = report(run, ResultMessage.started(run.message(), events.worker()));
        }
        events.started(run.message());
        totals.computeIfAbsent(run.message().task(), task -> new LongAdder()).increment();
    }

    void ended(TaskRun run, Outcome outcome) {
        active.remove(run.message().id(), run);
        if (outcome instanceof Outcome.Interrupted && run.acknowledgesLate()) {
            CompletableFuture<?> unused = forgotten(run).whenComplete((done, problem) -> run.giveBack());
            return;
        }
        CompletableFuture<?> told = tell(run, outcome);
        if (run.acknowledgesLate()) {
            acknowledgeAfter(run, told.thenCompose(done -> forgotten(run)));
        }
    }

    /** A call that ends, or whose worker stops in order, has not lost this worker. */
    private CompletableFuture<?> forgotten(TaskRun run) {
        return Losses.concerns(run) ? losses.forget(run) : CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<?> tell(TaskRun run, Outcome outcome) {
        if (outcome instanceof Outcome.Returned returned) {
            return succeeded(run, returned.result());
        }
        if (outcome instanceof Outcome.AsksForRetry asks) {
            return retriesLeft(run) ? retried(run, asks.cause(), asks.delay()) : failed(run, asks.cause());
        }
        if (outcome instanceof Outcome.Failed failure) {
            return retriesLeft(run) && isWorthARetry(run, failure.cause())
                    ? retried(run, failure.cause(), null)
                    : failed(run, failure.cause());
        }
        if (outcome instanceof Outcome.OverSoftLimit) {
            hear(run, listener -> listener.failed(run.call(), new TimeoutException("over its soft limit")));
            return failed(run, new Problem("SoftTimeLimitExceeded", List.of(), "billiard.exceptions"), null);
        }
        if (outcome instanceof Outcome.GivenUp) {
            LOG.error("{} is over its hard time limit and given up; its thread is left to itself", name(run));
            hear(run, listener -> listener.failed(run.call(), new TimeoutException("over its hard limit")));
            return failed(run, new Problem("TimeLimitExceeded", List.of(), "billiard.exceptions"), null);
        }
        String why = outcome instanceof Outcome.Terminated ? "terminated" : "its worker stopped";
        Problem problem = new Problem("TaskRevokedError", List.of(why), "celery.exceptions");
        events.revoked(run.message(), true, false);
        hear(run, listener -> listener.revoked(run.call(), why));
        return revoked(run, problem);
    }

    private CompletableFuture<?> revoked(TaskRun run, Problem problem) {
        return CompletableFuture.allOf(
                report(run, ResultMessage.problem(run.message(), TaskState.REVOKED, problem, null)),
                FollowUps.afterRevocation(tasks, run.message(), problem));
    }

    private static boolean retriesLeft(TaskRun run) {
        return run.definition().options().retries().isLeftAfter(run.message().retries());
    }

    private static boolean isWorthARetry(TaskRun run, Throwable cause) {
        return run.definition().options().retries().isWorthARetry(cause);
    }

    // ---- what became of it ----

    private CompletableFuture<?> succeeded(TaskRun run, @Nullable Object result) {
        try {
            FollowUps next = FollowUps.afterSuccess(run.message(), result);
            CompletableFuture<?> told = report(run, ResultMessage.success(run.message(), result, next.ids()));
            events.succeeded(run.message(), result, run.runtimeSeconds());
            hear(run, listener -> listener.succeeded(run.call(), result));
            return CompletableFuture.allOf(told, next.send(tasks));
        } catch (IllegalArgumentException | BadMessageException e) {
            return failed(run, e);
        }
    }

    private CompletableFuture<?> retried(TaskRun run, Throwable cause, @Nullable Duration asked) {
        TaskMessage message = run.message();
        Duration delay = asked == null
                ? run.definition()
                        .options()
                        .retries()
                        .delayAfter(message.retries(), tasks.surroundings().random())
                : asked;
        TaskMessage again = message.again(clock().instant().plus(delay).atOffset(ZoneOffset.UTC));
        hear(run, listener -> listener.retried(run.call(), cause, delay));
        LOG.info("{} is tried again in {}: {}", name(run), delay, cause.toString());
        events.failed("task-retried", message, cause.toString(), Outcome.traceback(cause));
        return CompletableFuture.allOf(
                tasks.deliver(again, run.queue()),
                report(
                        run,
                        ResultMessage.problem(
                                message, TaskState.RETRY, Outcome.problem(cause), Outcome.traceback(cause))));
    }

    private CompletableFuture<?> failed(TaskRun run, Throwable cause) {
        LOG.warn("{} failed", name(run), cause);
        hear(run, listener -> listener.failed(run.call(), cause));
        return failed(run, Outcome.problem(cause), Outcome.traceback(cause));
    }

    private CompletableFuture<?> failed(TaskRun run, Problem problem, @Nullable String traceback) {
        events.failed("task-failed", run.message(), problem.message(), traceback);
        return CompletableFuture.allOf(
                report(run, ResultMessage.problem(run.message(), TaskState.FAILURE, problem, traceback)),
                FollowUps.afterFailure(tasks, run.message(), problem));
    }

    private CompletableFuture<?> report(TaskRun run, ResultMessage message) {
        return reports.send(run.message(), run.definition().options(), message);
    }

    /** If the broker cannot be told what became of a call, the call comes again when it can be reached. */
    private static void acknowledgeAfter(TaskRun run, CompletableFuture<?> told) {
        CompletableFuture<?> unused = told.whenComplete((done, problem) -> {
            if (problem == null) {
                run.acknowledge();
            } else {
                LOG.warn("what became of {} could not be sent; it will run again", name(run), problem);
                run.giveBack();
            }
        });
    }

    private void hear(TaskRun run, Consumer<TaskListener> what) {
        for (TaskListener listener : List.of(
                run.definition().options().listener(), tasks.surroundings().listener())) {
            try {
                what.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("a listener failed over {}", name(run), e);
            }
        }
    }

    private static String name(TaskRun run) {
        return run.name();
    }
}
