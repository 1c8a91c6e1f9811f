package io.ferrymq.tasks;

import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.tasks.message.KombuJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Tells workers what to do and asks them, all of them at once or some, as Celery's remote control does. Any thread.
 *
 * <p>A command is a message to the fanout exchange {@value #EXCHANGE}; every worker has a queue there. A command that is
 * told completes when the broker has it; who obeys is not known. Workers that are asked answer, and all that came within a
 * time is the result: by the worker's name what it says, an {@code ok} or an {@code error} in most cases.
 */
public final class Control {
    /** What happens to a call that already runs. */
    public enum Revoke {
        IF_WAITING,
        ALSO_IF_RUNNING
    }

    /** The exchange of commands. */
    public static final String EXCHANGE = "celery.pidbox";

    private static final String MATCHER = "glob";

    private record Wanted(
            @Nullable List<String> names, @Nullable String pattern) {
        static final Wanted ALL = new Wanted(null, null);
    }

    private final Transport transport;
    private final LogicalClock clock;
    private final ControlReplies replies;
    private final CompletableFuture<Void> declared;
    private final Wanted wanted;

    Control(Transport transport, LogicalClock clock) {
        this(
                transport,
                clock,
                new ControlReplies(transport, clock),
                transport.declareExchange(new ExchangeDeclaration(EXCHANGE, "fanout", false, false, Map.of())),
                Wanted.ALL);
    }

    private Control(
            Transport transport,
            LogicalClock clock,
            ControlReplies replies,
            CompletableFuture<Void> declared,
            Wanted wanted) {
        this.transport = transport;
        this.clock = clock;
        this.replies = replies;
        this.declared = declared;
        this.wanted = wanted;
    }

    private Control forThose(Wanted those) {
        return new Control(transport, clock, replies, declared, those);
    }

    /** The same for workers of these names alone. */
    public Control to(String... workers) {
        return forThose(new Wanted(List.of(workers), null));
    }

    /** The same for workers whose names match: {@code *} stands for anything, {@code ?} for one character. */
    public Control matching(String pattern) {
        return forThose(new Wanted(null, pattern));
    }

    /** What workers say of themselves within a time. */
    public Inspect inspect(Duration timeout) {
        return new Inspect(this, timeout);
    }

    // ---- calls ----

    /** Has workers drop a call. */
    public CompletableFuture<Void> revoke(String taskId, Revoke what) {
        return revoke(List.of(taskId), what);
    }

    /** Has workers drop calls. Completes when the broker has the command; who obeys is not known. */
    public CompletableFuture<Void> revoke(List<String> taskIds, Revoke what) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        arguments.put("task_id", taskIds.size() == 1 ? taskIds.get(0) : taskIds);
        arguments.put("terminate", what == Revoke.ALSO_IF_RUNNING);
        arguments.put("signal", "SIGTERM");
        return tell("revoke", arguments);
    }

    /** Has each worker begin at most so many calls of a task, as {@code 10/s}, {@code 100/m}; {@code 0} for any number. */
    public CompletableFuture<Void> rateLimit(String task, String limit) {
        return tell("rate_limit", Map.of("task_name", task, "rate_limit", limit));
    }

    /** Has runs of a task that begin from now on interrupted and given up after these times; null for never. */
    public CompletableFuture<Void> timeLimit(String task, @Nullable Duration soft, @Nullable Duration hard) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        arguments.put("task_name", task);
        arguments.put("soft", soft == null ? null : soft.toMillis() / 1_000.0);
        arguments.put("hard", hard == null ? null : hard.toMillis() / 1_000.0);
        return tell("time_limit", arguments);
    }

    // ---- workers ----

    /** Has workers stop when what they run has ended. */
    public CompletableFuture<Void> shutdown() {
        return tell("shutdown", Map.of());
    }

    /** Has workers run so many calls more at a time. */
    public CompletableFuture<Void> grow(int more) {
        return tell("pool_grow", Map.of("n", more));
    }

    /** Has workers run so many calls less at a time. */
    public CompletableFuture<Void> shrink(int less) {
        return tell("pool_shrink", Map.of("n", less));
    }

    /** Has workers that follow the load do that between these bounds. */
    public CompletableFuture<Void> autoscale(int min, int max) {
        return tell("autoscale", Map.of("min", min, "max", max));
    }

    /** Has workers begin anew with their processes; those in Java refuse. */
    public CompletableFuture<Void> restartPool() {
        return tell("pool_restart", Map.of());
    }

    /** Has workers take calls from a queue, too. */
    public CompletableFuture<Void> addConsumer(String queue) {
        return tell("add_consumer", Map.of("queue", queue));
    }

    /** Has workers take no more calls from a queue. */
    public CompletableFuture<Void> cancelConsumer(String queue) {
        return tell("cancel_consumer", Map.of("queue", queue));
    }

    /** Has workers send events of calls. */
    public CompletableFuture<Void> enableEvents() {
        return tell("enable_events", Map.of());
    }

    /** Has workers send no events of calls any more. */
    public CompletableFuture<Void> disableEvents() {
        return tell("disable_events", Map.of());
    }

    /** Has workers send an event now that they are there. */
    public CompletableFuture<Void> heartbeat() {
        return tell("heartbeat", Map.of());
    }

    // ---- any command ----

    /** Gives a command by its name, and wants no answer. */
    public CompletableFuture<Void> tell(String command, Map<String, ? extends @Nullable Object> arguments) {
        return send(body(command, arguments));
    }

    /** Gives a command by its name, and collects the answers that come within a time. */
    public CompletableFuture<Map<String, @Nullable Object>> ask(
            String command, Map<String, ? extends @Nullable Object> arguments, Duration timeout) {
        return replies.collect(timeout, address -> {
            Map<String, @Nullable Object> body = body(command, arguments);
            body.put("ticket", address.ticket());
            body.put("reply_to", Map.of("exchange", ControlReplies.EXCHANGE, "routing_key", address.routingKey()));
            return send(body);
        });
    }

    private Map<String, @Nullable Object> body(String command, Map<String, ? extends @Nullable Object> arguments) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("method", command);
        body.put("arguments", arguments);
        body.put("destination", wanted.names);
        body.put("pattern", wanted.pattern);
        body.put("matcher", wanted.pattern == null ? null : MATCHER);
        return body;
    }

    private CompletableFuture<Void> send(Map<String, @Nullable Object> body) {
        MessageProperties properties = MessageProperties.builder()
                .contentType("application/json")
                .contentEncoding("utf-8")
                .headers(Map.of("clock", clock.forward(), "expires", 0))
                .transientMessage()
                .build();
        OutgoingMessage message =
                new OutgoingMessage(EXCHANGE, "", properties, KombuJson.write(body), OutgoingMessage.Unroutable.DROP);
        return declared.thenCompose(done -> transport.publish(message));
    }
}
