package io.ferrymq.tasks;

import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.tasks.message.Signature;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskMessageFormat;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A program's tasks: those it defines for its workers, and those it calls, its own or others'.
 *
 * <pre>{@code
 * try (Tasks tasks = Tasks.open("amqp://guest@localhost//")) {
 *     Task<Integer> add = tasks.define("tasks.add", Integer.class, Integer.class, Integer.class, Integer::sum);
 *     try (Worker worker = Worker.start(tasks)) {
 *         int eight = add.delay(4, 4).get(Duration.ofSeconds(10));
 *     }
 * }
 * }</pre>
 *
 * <p>Thread contract: any thread.
 */
public final class Tasks implements AutoCloseable {
    /** A task that this program can run. */
    public record Definition(String name, TaskOptions options, TaskBody body) {}

    private final Transport transport;
    private final Clock clock;
    private final String host = hostName();
    private final String origin;
    private final Map<String, Definition> definitions = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<?>> queues = new ConcurrentHashMap<>();
    private final Results results;
    private final LogicalClock logicalClock = new LogicalClock();
    private final Control control;

    private Tasks(Transport transport, Clock clock) {
        this.transport = transport;
        this.clock = clock;
        this.origin = "gen" + ProcessHandle.current().pid() + "@" + host;
        this.results = new Results(transport, clock);
        this.control = new Control(transport, logicalClock);
    }

    /** Connects: {@code memory:}, {@code file:DIR} or {@code amqp://…}, see {@link Transport#open}. */
    public static Tasks open(String uri) {
        return new Tasks(Transport.open(uri), Clock.systemUTC());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    // ---- what this program can run ----

    /** Defines a task by its body. */
    public <R> Task<R> define(String name, Class<R> result, TaskOptions options, TaskBody body) {
        Definition earlier = definitions.putIfAbsent(name, new Definition(name, options, body));
        if (earlier != null) {
            throw new IllegalArgumentException("a task of the name " + name + " is defined already");
        }
        return new Task<>(this, name, result);
    }

    /** Defines a task of one argument. */
    public <A, R> Task<R> define(String name, Class<A> argument, Class<R> result, Function<A, R> body) {
        return define(name, result, TaskOptions.DEFAULTS, call -> body.apply(call.argument(0, argument)));
    }

    /** Defines a task of two arguments. */
    public <A, B, R> Task<R> define(
            String name, Class<A> first, Class<B> second, Class<R> result, BiFunction<A, B, R> body) {
        return define(
                name,
                result,
                TaskOptions.DEFAULTS,
                call -> body.apply(call.argument(0, first), call.argument(1, second)));
    }

    /** The task of that name; null if this program has none. */
    public @Nullable Definition definition(String name) {
        return definitions.get(name);
    }

    /** The names of all tasks that this program can run, in alphabetical order. */
    public List<String> definedNames() {
        return definitions.keySet().stream().sorted().toList();
    }

    // ---- what it calls ----

    /** A task of that name, which somebody's workers know. */
    public <R> Task<R> task(String name, Class<R> result) {
        return new Task<>(this, name, result);
    }

    <R> AsyncResult<R> send(Signature signature, Class<R> type) {
        TaskMessage message = message(signature);
        AsyncResult<R> result = promise(message.id(), type);
        send(message, queueOf(signature), result);
        return result;
    }

    /** Sends a call whose promise was made before, with its id. */
    void send(Signature signature, AsyncResult<?> promise) {
        send(message(signature), queueOf(signature), promise);
    }

    private void send(TaskMessage message, String queue, AsyncResult<?> result) {
        CompletableFuture<?> unused = results.ready()
                .thenCompose(ready -> deliver(message, queue))
                .whenComplete((sent, problem) -> {
                    if (problem != null) {
                        result.fail(problem);
                    }
                });
    }

    /** A promise for a call of that id. */
    <R> AsyncResult<R> promise(String id, Class<R> type) {
        AsyncResult<R> result = new AsyncResult<>(this, id, type);
        results.expect(result);
        return result;
    }

    void forget(String id) {
        results.forget(id);
    }

    /** Where results come back to. */
    String replyTo() {
        return results.queue();
    }

    /** Calls to be made at the same time. */
    public <R> Group<R> group(List<TaskCall<R>> members) {
        return new Group<>(this, members);
    }

    private TaskMessage message(Signature signature) {
        return SignatureOptions.message(
                signature,
                new SignatureOptions.Caller(
                        UUID.randomUUID().toString(), clock.instant(), results.queue(), null, null, origin));
    }

    /** The message of a call that nobody here waits for. */
    public TaskMessage messageOf(Signature signature, String taskId, Instant now) {
        return SignatureOptions.message(
                signature.withOption(SignatureOptions.TASK_ID, taskId),
                new SignatureOptions.Caller(taskId, now, "", null, null, origin));
    }

    /** Sends a call that a worker makes on behalf of another; nobody here waits for its result. */
    public CompletableFuture<Void> sendFollowing(Signature signature, TaskMessage parent) {
        TaskMessage message = SignatureOptions.message(
                signature,
                new SignatureOptions.Caller(
                        UUID.randomUUID().toString(),
                        clock.instant(),
                        parent.replyTo(),
                        parent.lineage().rootId(),
                        parent.id(),
                        origin));
        return deliver(message, queueOf(signature));
    }

    /** The queue that a call is sent to: what it says itself, or the task's own here, or Celery's. */
    public String queueOf(Signature signature) {
        String queue = signature.textOption(SignatureOptions.QUEUE);
        if (queue != null) {
            return queue;
        }
        @Nullable Definition definition = definitions.get(signature.task());
        return (definition == null ? TaskOptions.DEFAULTS : definition.options()).queue();
    }

    /** Sends a task message to a queue, which is declared before the first. */
    public CompletableFuture<Void> deliver(TaskMessage message, String queue) {
        return declared(queue)
                .thenCompose(
                        ready -> transport.publish(WireMessages.toQueue(queue, TaskMessageFormat.encode(message))));
    }

    /** Has a queue of tasks declared, as Celery declares it. */
    public CompletableFuture<?> declared(String queue) {
        CompletableFuture<?> declared = queues.computeIfAbsent(queue, this::declare);
        if (declared.isCompletedExceptionally()) {
            // It may be allowed, or possible, the next time.
            queues.remove(queue, declared);
        }
        return declared;
    }

    /** A queue that is there with other properties, such as priorities, is used as it is. */
    private CompletableFuture<?> declare(String queue) {
        return transport.declareQueue(QueueDeclaration.durable(queue)).handle((state, problem) -> {
            if (problem == null || isDifferent(problem)) {
                return true;
            }
            throw problem instanceof CompletionException known ? known : new CompletionException(problem);
        });
    }

    private static boolean isDifferent(Throwable problem) {
        Throwable cause =
                problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        return cause instanceof RequestException refused && refused.reason() == RequestException.Reason.DIFFERENT;
    }

    /** The name of this machine. */
    public String host() {
        return host;
    }

    /** What orders this program's events and commands among others'. */
    public LogicalClock logicalClock() {
        return logicalClock;
    }

    public Control control() {
        return control;
    }

    public Transport transport() {
        return transport;
    }

    public Clock clock() {
        return clock;
    }

    /** Ends the connection. What is waited for fails. */
    @Override
    public void close() {
        transport.close();
        results.close();
    }
}
