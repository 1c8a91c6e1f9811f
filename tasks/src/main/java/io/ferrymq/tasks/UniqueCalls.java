package io.ferrymq.tasks;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.RefusedException;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.UnroutableException;
import io.ferrymq.tasks.message.KombuJson;
import io.ferrymq.tasks.message.Signature;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls of which one at a time waits or runs. A lock is a durable queue that takes one message, the token of who has it:
 *
 * <pre>
 *   ferry.unique.HASH      x-max-length 1, x-overflow reject-publish    the token; a second one is refused
 *   ferry.unique.HASH.by   x-max-length 1                               the id of the call that has it, for who asks
 * </pre>
 *
 * <p>Both are deleted when the call has ended. If that cannot be done, the token expires after the time that was asked
 * for. The call carries the name of its lock, and until when that is surely its own, in its headers.
 *
 * <p>Thread contract: any thread.
 */
public final class UniqueCalls {
    static final String LOCK_HEADER = "x-ferry-unique";
    static final String UNTIL_HEADER = "x-ferry-unique-until";

    private static final String PREFIX = "ferry.unique.";
    private static final String HOLDER = ".by";
    private static final long KEPT_LONGER_MILLIS = 60_000;
    private static final Duration HOLDER_PATIENCE = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 5;

    private final Tasks tasks;

    UniqueCalls(Tasks tasks) {
        this.tasks = tasks;
    }

    private Transport transport() {
        return tasks.transport();
    }

    /**
     * What a call wants.
     *
     * @param max after which another call may be made in any case; null for the task's own time
     * @param key what makes it the same; null for its arguments
     * @param attaches whether a second call gets the stored result of the first instead of an exception
     */
    record Rule(@Nullable Duration max, @Nullable String key, boolean attaches) {
        static final Rule NONE = new Rule(null, null, false);
    }

    // ---- callers ----

    /** For how long a call is unique; empty if there may be any number of it. */
    Optional<Duration> timeFor(String task, Rule rule) {
        Tasks.@Nullable Definition definition = tasks.definition(task);
        Duration max = rule.max != null || definition == null
                ? rule.max
                : definition.options().uniqueFor();
        if (max == null && (rule.key != null || rule.attaches)) {
            throw new IllegalStateException(task + " is not said to be unique for any time");
        }
        return Optional.ofNullable(max);
    }

    /** Sends a call unless there is one like it. */
    <R> AsyncResult<R> send(TaskCall<R> call, Rule rule, Duration max) {
        Signature signature = call.signature();
        String lock = PREFIX + hash(signature, rule.key);
        Instant until = tasks.clock().instant().plus(max);
        TaskCall<R> locked = call.header(LOCK_HEADER, lock).header(UNTIL_HEADER, until.toEpochMilli());
        return new Canvas(tasks)
                .sendIf(
                        locked,
                        promise -> take(signature.task(), lock, promise.id(), max, ATTEMPTS)
                                .thenRun(() -> letGoIfNotSent(promise, locked))
                                .whenComplete((taken, problem) -> {
                                    if (problem != null) {
                                        refused(rule, promise, cause(problem));
                                    }
                                }));
    }

    private void letGoIfNotSent(AsyncResult<?> promise, TaskCall<?> call) {
        CompletableFuture<?> unused = promise.future().exceptionallyCompose(problem -> {
            boolean sent = problem instanceof TaskFailedException || problem instanceof ClosedException;
            CompletableFuture<?> free =
                    sent ? CompletableFuture.completedFuture(null) : letGo(SignatureOptions.headers(call.signature()));
            return free.thenApply(done -> null);
        });
    }

    private void refused(Rule rule, AsyncResult<?> promise, Throwable problem) {
        if (rule.attaches
                && problem instanceof DuplicateCallException duplicate
                && duplicate.firstId().isPresent()) {
            promise.attach(tasks.result(duplicate.firstId().get(), Object.class));
        } else {
            promise.fail(problem);
        }
    }

    private static Throwable cause(Throwable problem) {
        Throwable cause = problem.getCause();
        return problem instanceof CompletionException && cause != null ? cause : problem;
    }

    private CompletableFuture<Void> take(String task, String lock, String id, Duration max, int attempts) {
        return declared(lock, max, Map.of("x-overflow", "reject-publish"))
                .thenCompose(done -> publish(lock, id))
                .thenCompose(done -> declared(lock + HOLDER, max, Map.of()))
                .thenCompose(done -> publish(lock + HOLDER, id))
                .exceptionallyCompose(problem -> {
                    if (cause(problem) instanceof RefusedException) {
                        return refusedToken(task, lock, id, max, attempts);
                    }
                    return cause(problem) instanceof UnroutableException
                            ? takeAgain(task, lock, id, max, attempts)
                            : CompletableFuture.failedFuture(cause(problem));
                });
    }

    /** Whoever had it let go between two steps. */
    private CompletableFuture<Void> takeAgain(String task, String lock, String id, Duration max, int attempts) {
        return attempts > 1
                ? take(task, lock, id, max, attempts - 1)
                : CompletableFuture.failedFuture(new DuplicateCallException(task, null));
    }

    private CompletableFuture<Void> declared(String queue, Duration max, Map<String, Object> more) {
        Map<String, Object> arguments = new LinkedHashMap<>(more);
        arguments.put("x-max-length", 1);
        arguments.put("x-message-ttl", max.toMillis());
        arguments.put("x-expires", max.toMillis() + KEPT_LONGER_MILLIS);
        return transport()
                .declareQueueOnce(new QueueDeclaration(queue, true, false, false, arguments))
                .handle((state, problem) -> {
                    // Somebody who asks for another time shares the lock.
                    if (problem != null
                            && !(cause(problem) instanceof RequestException refusal
                                    && refusal.reason() == RequestException.Reason.DIFFERENT)) {
                        throw new CompletionException(cause(problem));
                    }
                    return null;
                });
    }

    private CompletableFuture<Void> publish(String queue, String id) {
        return transport()
                .publish(OutgoingMessage.toQueue(queue, MessageProperties.NONE, id.getBytes(StandardCharsets.UTF_8)));
    }

    private CompletableFuture<Void> refusedToken(String task, String lock, String id, Duration max, int attempts) {
        // Who has it may not have come to declare the other queue, or may have died before.
        return declared(lock + HOLDER, max, Map.of())
                .thenCompose(done -> read(lock + HOLDER))
                .thenCompose(first -> first == null ? read(lock) : CompletableFuture.completedFuture(first))
                .thenCompose(first -> {
                    if (first == null) {
                        return takeAgain(task, lock, id, max, attempts);
                    }
                    // A token that was sent twice over a lost connection is refused by itself.
                    return id.equals(first)
                            ? publish(lock + HOLDER, id)
                            : CompletableFuture.failedFuture(new DuplicateCallException(task, first));
                });
    }

    /** What stands in a queue, or comes into it soon; null if it cannot be found out. */
    private CompletableFuture<@Nullable String> read(String queue) {
        Peek peek = Peek.at(transport(), queue);
        return peek.found()
                .copy()
                .orTimeout(HOLDER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .handle((delivery, problem) -> {
                    peek.stop();
                    return delivery == null ? null : new String(delivery.body(), StandardCharsets.UTF_8);
                });
    }

    /** The same for calls that mean the same: what is asked of which task, in any order of names. */
    private static String hash(Signature signature, @Nullable String key) {
        Object what = key == null
                ? Arrays.asList(signature.task(), sorted(signature.args()), sorted(signature.kwargs()))
                : List.of(signature.task(), key);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(KombuJson.write(what)));
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java has SHA-256", e);
        }
    }

    private static @Nullable Object sorted(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> byName = new TreeMap<>();
            map.forEach((name, inner) -> byName.put(String.valueOf(name), sorted(inner)));
            return byName;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> all = new ArrayList<>();
            list.forEach(inner -> all.add(sorted(inner)));
            return all;
        }
        return value;
    }

    // ---- workers ----

    /**
     * Lets others have the lock of a call that has ended, if it has one and that is surely still its own.
     *
     * @param headers those of the call
     */
    public CompletableFuture<Void> letGo(Map<String, @Nullable Object> headers) {
        if (!(headers.get(LOCK_HEADER) instanceof String lock)
                || !(headers.get(UNTIL_HEADER) instanceof Number until)
                || !lock.startsWith(PREFIX)
                || tasks.clock().millis() >= until.longValue()) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.allOf(
                transport().deleteQueue(lock + HOLDER), transport().deleteQueue(lock));
    }
}
