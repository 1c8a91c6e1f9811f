package io.ferrymq.tasks.message;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is said about a chord: task messages to the exchange {@value #EXCHANGE}, so that workers of any kind send them.
 *
 * <pre>
 *   routing key         task                  args               kwargs
 *   ferry.chords        ferry.chord.begin     [result before]    id, header, bodies
 *   ferry.chords        ferry.chord.join      []                 id, size, bodies, deadline
 *   celery.chord.ID     ferry.chord.part      [result]           index
 *   celery.chord.ID     ferry.chord.failure   [id of the call]   index, reason
 * </pre>
 *
 * <p>{@code header} and {@code bodies} are lists of signatures; {@code deadline} is in seconds since 1970.
 *
 * <p>Thread contract: stateless.
 */
public final class ChordMessages {
    /** A direct exchange, and the queue of what is to be done about chords. */
    public static final String EXCHANGE = "ferry.chords";

    public static final String BEGIN = "ferry.chord.begin";
    public static final String JOIN = "ferry.chord.join";
    public static final String PART = "ferry.chord.part";
    public static final String FAILURE = "ferry.chord.failure";

    /** More members are refused. */
    public static final int MEMBERS_MAX = 100_000;

    private static final String ID = "id";
    private static final String INDEX = "index";
    private static final String REASON = "reason";
    private static final String BODIES = "bodies";

    private ChordMessages() {}

    /**
     * A chord to be begun.
     *
     * @param bodies what is called with the list of results
     */
    public record Begin(String id, List<Signature> header, List<Signature> bodies) {}

    /**
     * A chord whose members are under way.
     *
     * @param size how many members it has
     * @param deadline when it fails if they have not all ended
     */
    public record Join(String id, int size, List<Signature> bodies, Instant deadline) {}

    /** How a member ended. */
    public sealed interface Part {
        /** The member's place. */
        int index();

        /** It returned. */
        record Result(int index, @Nullable Object value) implements Part {}

        /**
         * It failed.
         *
         * @param failedId the call that failed
         * @param reason as far as it is known; null if it is not
         */
        record Failure(int index, String failedId, @Nullable String reason) implements Part {}
    }

    /** The queue that the parts of a chord come to. */
    public static String queue(String id) {
        return "celery.chord." + id;
    }

    // ---- as signatures ----

    static Signature begin(String id, List<Signature> header, List<Signature> bodies) {
        if (header.size() > MEMBERS_MAX) {
            throw new BadMessageException(
                    "a chord of " + header.size() + " members: at most " + MEMBERS_MAX + " are possible");
        }
        Map<String, @Nullable Object> kwargs = new LinkedHashMap<>();
        kwargs.put(ID, id);
        kwargs.put("header", header.stream().map(Signature::toMap).toList());
        kwargs.put(BODIES, bodies.stream().map(Signature::toMap).toList());
        return signature(BEGIN, List.of(), kwargs, EXCHANGE).withOption("task_id", id);
    }

    /** What a chord becomes when its members are sent. */
    public static Signature join(Join join) {
        Map<String, @Nullable Object> kwargs = new LinkedHashMap<>();
        kwargs.put(ID, join.id);
        kwargs.put("size", join.size);
        kwargs.put(BODIES, join.bodies.stream().map(Signature::toMap).toList());
        kwargs.put("deadline", join.deadline.toEpochMilli() / 1_000.0);
        return signature(JOIN, List.of(), kwargs, EXCHANGE).withOption("task_id", join.id);
    }

    static Signature part(String id, int index) {
        return signature(PART, List.of(), Map.of(INDEX, index), queue(id));
    }

    static Signature failure(String id, int index) {
        return signature(FAILURE, List.of(), Map.of(INDEX, index), queue(id));
    }

    /** That a member of a chord failed, with the reason. */
    public static Signature failure(String id, int index, String failedId, String reason) {
        return signature(FAILURE, List.of(failedId), Map.of(INDEX, index, REASON, reason), queue(id));
    }

    /** A callback for failures with the reason, if it is one of a chord; others have no place for it. */
    public static Signature withReason(Signature errback, String reason) {
        if (!errback.task().equals(FAILURE)) {
            return errback;
        }
        Map<String, @Nullable Object> kwargs = new LinkedHashMap<>(errback.kwargs());
        kwargs.put(REASON, reason);
        return new Signature(errback.task(), errback.args(), kwargs, errback.options(), null, errback.immutable());
    }

    /** Python's workers take exchange and routing key together, and declare neither. */
    private static Signature signature(
            String task, List<@Nullable Object> args, Map<String, @Nullable Object> kwargs, String routingKey) {
        return new Signature(
                task,
                args,
                kwargs,
                Map.of("exchange", EXCHANGE, "routing_key", routingKey, "serializer", "json"),
                null,
                false);
    }

    // ---- read ----

    /**
     * Reads that a chord is to be begun.
     *
     * @throws BadMessageException if it is no such message
     */
    public static Begin readBegin(TaskMessage message) {
        Fields fields = Fields.of(message.kwargs(), "a chord");
        return new Begin(fields.text(ID), fields.signatures("header"), fields.signatures(BODIES));
    }

    /**
     * Reads that a chord is to be joined.
     *
     * @throws BadMessageException if it is no such message
     */
    public static Join readJoin(TaskMessage message) {
        Fields fields = Fields.of(message.kwargs(), "a chord");
        int size = fields.count("size");
        if (size > MEMBERS_MAX || !(fields.value("deadline") instanceof Number deadline)) {
            throw new BadMessageException("a chord of " + size + " members, or without a deadline");
        }
        return new Join(
                fields.text(ID),
                size,
                fields.signatures(BODIES),
                Instant.ofEpochMilli(Math.round(deadline.doubleValue() * 1_000)));
    }

    /**
     * Reads a member's end.
     *
     * @param size how many members there are
     * @throws BadMessageException if it is no such message
     */
    public static Part readPart(TaskMessage message, int size) {
        Fields fields = Fields.of(message.kwargs(), "a chord's part");
        int index = fields.count(INDEX);
        if (index >= size || message.args().isEmpty()) {
            throw new BadMessageException("the part " + index + " of a chord of " + size + " members");
        }
        Object value = message.args().get(0);
        if (message.task().equals(PART)) {
            return new Part.Result(index, value);
        }
        if (message.task().equals(FAILURE)) {
            return new Part.Failure(index, String.valueOf(value), fields.textOrNull(REASON));
        }
        throw new BadMessageException("a chord's queue got a call of " + message.task());
    }
}
