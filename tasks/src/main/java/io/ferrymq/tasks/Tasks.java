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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
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
public final class Tasks implements Defining, AutoCloseable {
    /** A task that this program can run. */
    public record Definition(String name, TaskOptions options, TaskBody body) {}

    private final Transport transport;
    private final Surroundings surroundings;
    private final String host = hostName();
    private final String origin;
    private final Map<String, Definition> definitions = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<?>> queues = new ConcurrentHashMap<>();
    private final Results results;
    private final LogicalClock logicalClock = new LogicalClock();
    private final Control control;
    private final Chords chords;
    private final BuiltIns builtIns = new BuiltIns(this);
    private final StoredResults stored;
    private final UniqueCalls unique;

    private Tasks(Transport transport, Surroundings surroundings) {
        this.transport = transport;
        this.surroundings = surroundings;
        this.origin = "gen" + ProcessHandle.current().pid() + "@" + host;
        this.results = new Results(transport, surroundings.clock());
        this.control = new Control(transport, logicalClock);
        this.chords = new Chords(this);
        this.stored = new StoredResults(this);
        this.unique = new UniqueCalls(this);
    }

    /** Connects: {@code memory:}, {@code file:DIR} or {@code amqp://…}, see {@link Transport#open}. */
    public static Tasks open(String uri) {
        return over(Transport.open(uri), Surroundings.ofTheMachine());
    }

    /** Over a transport, which it closes at its end. */
    public static Tasks over(Transport transport, Surroundings surroundings) {
        return new Tasks(transport, surroundings);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    // ---- what this program can run ----

    @Override
    public <R> Task<R> define(String name, Class<R> result, TaskOptions options, TaskBody body) {
        Definition earlier = definitions.putIfAbsent(name, new Definition(name, options, Bodies.awaiting(body)));
        if (earlier != null) {
            throw taken(name);
        }
        return new Task<>(this, name, result);
    }

    private static IllegalArgumentException taken(String name) {
        return new IllegalArgumentException("a task of the name " + name + " is defined already");
    }

    /**
     * Defines every method of an object that is a {@link TaskMethod}; of a class, those that are static.
     *
     * @throws IllegalArgumentException if there is none, one cannot be a task, or its name is taken; then none is defined
     */
    @Override
    public List<Task<?>> register(Object methods) {
        List<TaskMethods.Found> found = TaskMethods.of(methods);
        Set<String> names = new HashSet<>();
        for (TaskMethods.Found task : found) {
            String name = task.definition().name();
            if (!names.add(name) || definitions.containsKey(name)) {
                throw taken(name);
            }
        }
        List<Task<?>> tasks = new ArrayList<>();
        for (TaskMethods.Found task : found) {
            Definition definition = task.definition();
            tasks.add(define(definition.name(), task.result(), definition.options(), definition.body()));
        }
        return tasks;
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
                        AsyncResult<?> own = byId.get(message.id());
                        if (problem != null) {
                            (own == null ? promises : List.of(own)).forEach(promise -> promise.fail(problem));
                        } else if (own != null && isIgnored(message)) {
                            results.forget(message.id());
                            own.ignored();
                        }
                    });
        }
        surroundings.sent();
    }

    private CompletableFuture<Void> begin(Signature call, TaskMessage message) {
        return call.task().equals(ChordMessages.BEGIN) ? chords.begin(message) : route(call, message);
    }

    /** Calls a task by its name, wherever its workers are. */
    public AsyncResult<Object> send(String task, List<? extends @Nullable Object> args) {
        return send(task, args, Map.of(), Map.of());
    }

    /**
     * Calls a task by its name, wherever its workers are.
     *
     * @param options by their names in Celery: {@code queue}, {@code countdown}, {@code eta}, {@code expires}, {@code
     *     priority}, {@code headers} …; times as {@link java.time.Duration}, {@link java.time.Instant}, or seconds
     * @throws IllegalArgumentException if an option is not known, or has a wrong value
     */
    public AsyncResult<Object> send(
            String task,
            List<? extends @Nullable Object> args,
            Map<String, ? extends @Nullable Object> kwargs,
            Map<String, ? extends @Nullable Object> options) {
        Signature signature = new Signature(
                task, new ArrayList<>(args), new LinkedHashMap<>(kwargs), SignatureOptions.given(options), null, false);
        return new TaskCall<>(this, Object.class, signature).send();
    }

    private boolean isIgnored(TaskMessage message) {
        @Nullable Definition definition = definitions.get(message.task());
        return message.ignoreResult()
                || (definition != null && definition.options().ignoreResult());
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
                withDefaults(signature),
                new SignatureOptions.Caller(
                        UUID.randomUUID().toString(), clock().instant(), results.queue(), null, null, origin));
    }

    /** The message of a call that nobody here waits for. */
    public TaskMessage messageOf(Signature signature, String taskId, Instant now) {
        return SignatureOptions.message(
                withDefaults(signature.withOption(SignatureOptions.TASK_ID, taskId)),
                new SignatureOptions.Caller(taskId, now, "", null, null, origin));
    }

    /** Sends a call that a worker makes on behalf of another; nobody here waits for its result. */
    public CompletableFuture<Void> sendFollowing(Signature signature, TaskMessage parent) {
        return route(signature, messageOf(signature, parent));
    }

    /** A call that another led to. */
    public TaskMessage messageOf(Signature signature, TaskMessage parent) {
        return SignatureOptions.message(
                withDefaults(signature),
                new SignatureOptions.Caller(
                        UUID.randomUUID().toString(),
                        clock().instant(),
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

    private Signature withDefaults(Signature signature) {
        @Nullable Definition definition = definitions.get(signature.task());
        return definition == null ? signature : definition.options().calls().fill(signature);
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
        return surroundings.clock();
    }

    public Surroundings surroundings() {
        return surroundings;
    }

    /** Ends the connection. What is waited for fails. */
    @Override
    public void close() {
        transport.close();
        results.close();
    }
}
