package io.ferrymq.tasks.schedule;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.QueueState;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.tasks.TaskCall;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.Fields;
import io.ferrymq.tasks.message.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a queue of schedules, to be changed and listed. Any thread.
 *
 * <p>A change is over when the broker has it; the scheduler carries changes out in the order in which they came, also
 * those that came while none ran.
 */
public final class Schedules {
    private final Tasks tasks;
    private final Transport transport;
    private final String queue;
    private final Clock clock;
    private final Map<String, CompletableFuture<Fields>> requests = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable CompletableFuture<QueueState>> declared = new AtomicReference<>();
    private final AtomicReference<@Nullable CompletableFuture<String>> answers = new AtomicReference<>();

    private Schedules(Tasks tasks, SchedulerOptions options) {
        this.tasks = tasks;
        this.transport = tasks.transport();
        this.queue = options.queue();
        this.clock = options.clock();
    }

    /** The schedules in the queue {@value SchedulerOptions#QUEUE}. */
    public static Schedules of(Tasks tasks) {
        return of(tasks, SchedulerOptions.defaults().withClock(tasks.clock()));
    }

    /** The schedules of schedulers with these options. */
    public static Schedules of(Tasks tasks, SchedulerOptions options) {
        return new Schedules(tasks, options);
    }

    // ---- changes ----

    /** Has a call made by a schedule; of the firings that are missed, one is made up for. */
    public CompletableFuture<Void> put(String name, Schedule schedule, TaskCall<?> call) {
        return put(name, schedule, call, MissedRuns.ONCE);
    }

    /**
     * Has a call made by a schedule. An entry of the name is replaced; if the schedule is the same as before, it goes on
     * where it was.
     *
     * @throws IllegalArgumentException if the entry is larger than 12 KiB, or its name longer than 200 characters
     */
    public CompletableFuture<Void> put(String name, Schedule schedule, TaskCall<?> call, MissedRuns missed) {
        Signature signature = call.signature();
        Signature addressed = signature.withOption("queue", tasks.queueOf(signature));
        return send(new Change.Put(name, now(), schedule, addressed, missed));
    }

    /** Forgets an entry, if there is one. */
    public CompletableFuture<Void> remove(String name) {
        return send(new Change.Remove(name));
    }

    /** Has an entry fire no more until it is resumed. */
    public CompletableFuture<Void> pause(String name) {
        return send(new Change.Pause(name));
    }

    /** Has an entry fire again. What came meanwhile was not missed. */
    public CompletableFuture<Void> resume(String name) {
        return send(new Change.Resume(name));
    }

    /** Has an entry fire once more now, also if it is paused. */
    public CompletableFuture<Void> runNow(String name) {
        return send(new Change.Run(name, now(), UUID.randomUUID().toString()));
    }

    private Instant now() {
        return clock.instant();
    }

    private CompletableFuture<Void> send(Change change) {
        OutgoingMessage message =
                ScheduleMessages.message(queue, ScheduleMessages.CHANGE, ScheduleMessages.toMap(change));
        if (message.body().length > ScheduleMessages.CHANGE_BYTES_MAX) {
            throw new IllegalArgumentException("an entry of " + message.body().length + " bytes: up to "
                    + ScheduleMessages.CHANGE_BYTES_MAX + " are possible");
        }
        return declared().thenCompose(ready -> transport.publish(message));
    }

    private CompletableFuture<?> declared() {
        return once(declared, () -> transport.declareQueue(Scheduler.declaration(queue)));
    }

    // ---- lists ----

    /**
     * All entries, by their names, as the active scheduler has them. Fails with a {@link TimeoutException} if none answers
     * in that time.
     */
    public CompletableFuture<List<ScheduleStatus>> list(Duration timeout) {
        return page(null, new ArrayList<>(), timeout);
    }

    private CompletableFuture<List<ScheduleStatus>> page(
            @Nullable String after, List<ScheduleStatus> before, Duration timeout) {
        return ask(after, timeout).thenCompose(page -> {
            before.addAll(ScheduleMessages.statuses(page));
            return page.truth("more")
                    ? page(before.get(before.size() - 1).name(), before, timeout)
                    : CompletableFuture.completedFuture(List.copyOf(before));
        });
    }

    private CompletableFuture<Fields> ask(@Nullable String after, Duration timeout) {
        String id = UUID.randomUUID().toString();
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("after", after);
        CompletableFuture<Fields> answer = new CompletableFuture<>();
        requests.put(id, answer);
        CompletableFuture<?> unused = declared()
                .thenCompose(ready -> once(answers, this::listen))
                .thenCompose(replyTo -> transport.publish(ScheduleMessages.message(
                        queue,
                        ScheduleMessages.LIST,
                        body,
                        MessageProperties.builder()
                                .correlationId(id)
                                .replyTo(replyTo)
                                .expiration(timeout)
                                .transientMessage()
                                .build())))
                .whenComplete((sent, problem) -> {
                    if (problem != null) {
                        answer.completeExceptionally(problem);
                    }
                });
        CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> answer.completeExceptionally(
                        new TimeoutException("no scheduler of " + queue + " answers within " + timeout)));
        return answer.whenComplete((done, problem) -> requests.remove(id));
    }

    private CompletableFuture<String> listen() {
        return transport
                .declareQueue(QueueDeclaration.temporary())
                .thenCompose(state -> transport
                        .consume(ConsumeSpec.settledOnDelivery(state.name()), this::answered)
                        .thenApply(consumption -> state.name()));
    }

    private void answered(Delivery delivery) {
        @Nullable CompletableFuture<Fields> answer =
                requests.get(String.valueOf(delivery.properties().correlationId()));
        if (answer == null) {
            return;
        }
        try {
            Fields page = ScheduleMessages.fields(delivery);
            answer.completeAsync(() -> page);
        } catch (BadMessageException e) {
            answer.completeExceptionally(e);
        }
    }

    /** What is asked of the broker once, and again if that failed. */
    private static <T> CompletableFuture<T> once(
            AtomicReference<@Nullable CompletableFuture<T>> holder, Asking<T> asking) {
        CompletableFuture<T> mine = new CompletableFuture<>();
        CompletableFuture<T> before = holder.get();
        if (before != null) {
            return before;
        }
        if (!holder.compareAndSet(null, mine)) {
            return once(holder, asking);
        }
        CompletableFuture<?> unused = asking.ask().whenComplete((value, problem) -> {
            if (problem == null) {
                mine.complete(value);
            } else {
                holder.set(null);
                mine.completeExceptionally(problem);
            }
        });
        return mine;
    }

    private interface Asking<T> {
        CompletableFuture<T> ask();
    }
}
