package io.ferrymq.tasks;

import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.tasks.message.ChordMessages;
import io.ferrymq.tasks.message.Signature;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskMessageFormat;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.time.Duration;
import java.util.HashMap;
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
    private final Control control;
    private final Chords chords;
    private final BuiltIns builtIns = new BuiltIns(this);
    private final StoredResults stored;
    private final UniqueCalls unique;

    private Tasks(Transport transport, Clock clock) {
        this.transport = transport;
        this.clock = clock;
        this.origin = "gen" + ProcessHandle.current().pid() + "@" + host;
        this.results = new Results(transport, clock);
        this.control = new Control(transport);
        this.chords = new Chords(this);
        this.stored = new StoredResults(this);
        this.unique = new UniqueCalls(this);
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
        Definition own = definitions.get(name);
        return own == null ? builtIns.find(name) : own;
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

    /** Sends calls whose promises were made before, by their ids. A promise fails if its call cannot be sent. */
    void send(List<Signature> calls, List<AsyncResult<?>> promises) {
        Map<String, AsyncResult<?>> byId = new HashMap<>();
        promises.forEach(promise -> byId.put(promise.id(), promise));
        for (Signature call : calls) {
            TaskMessage message = message(call);
            CompletableFuture<?> unused = results.ready()
                    .thenCompose(ready -> begin(call, message))
                    .whenComplete((sent, problem) -> {
                        if (problem != null) {
                            AsyncResult<?> own = byId.get(message.id());
                            (own == null ? promises : List.of(own)).forEach(promise -> promise.fail(problem));
                        }
                    });
        }
    }

    private CompletableFuture<Void> begin(Signature call, TaskMessage message) {
        return call.task().equals(ChordMessages.BEGIN) ? chords.begin(message) : route(call, message);
    }

    /** A promise for a call of that id. */
    <R> AsyncResult<R> promise(String id, Type type) {
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

    /**
     * What becomes of a call of any program, by its id, if its task's results are stored. It is looked for from now on,
     * until it is there, {@link AsyncResult#get} gave up, or {@link AsyncResult#forget} is called.
     *
     * @see TaskOptions.Builder#storeResult
     */
    public <R> AsyncResult<R> result(String id, Class<R> type) {
        AsyncResult<R> result = new AsyncResult<>(this, id, type);
        result.readFrom(stored.reader(result));
        return result;
    }

    /** Has workers of this program store the results of all tasks for this time; those of a task may say otherwise. */
    public Tasks storeResults(Duration time) {
        stored.always(time);
        return this;
    }

    /** Results that the broker keeps. */
    public StoredResults stored() {
        return stored;
    }

    /** Calls of which there is one at a time. */
    public UniqueCalls unique() {
        return unique;
    }

    /** Calls to be made at the same time. */
    public <R> Group<R> group(List<? extends Step<R>> members) {
        return Group.of(this, members);
    }

    /** Calls to be made at the same time, and then one with the list of their results. */
    public <R, S> Chain<S> chord(List<? extends Step<R>> header, Step<S> body) {
        return group(header).then(body);
    }

    /** Begins and gathers chords. */
    public Chords chords() {
        return chords;
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
        return route(signature, messageOf(signature, parent));
    }

    /** A call that another led to. */
    public TaskMessage messageOf(Signature signature, TaskMessage parent) {
        return SignatureOptions.message(
                signature,
                new SignatureOptions.Caller(
                        UUID.randomUUID().toString(),
                        clock.instant(),
                        parent.replyTo(),
                        parent.lineage().rootId(),
                        parent.id(),
                        origin));
    }

    /** Sends a call that nobody waits for and nothing led to. */
    CompletableFuture<Void> post(Signature signature) {
        return route(signature, message(signature));
    }

    /** To the exchange that the call names, with its routing key, or else to a queue. */
    private CompletableFuture<Void> route(Signature signature, TaskMessage message) {
        String exchange = signature.textOption(SignatureOptions.EXCHANGE);
        String routingKey = signature.textOption(SignatureOptions.ROUTING_KEY);
        return exchange == null || exchange.isEmpty() || routingKey == null
                ? deliver(message, queueOf(signature))
                : transport.publish(WireMessages.toExchange(exchange, routingKey, TaskMessageFormat.encode(message)));
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
