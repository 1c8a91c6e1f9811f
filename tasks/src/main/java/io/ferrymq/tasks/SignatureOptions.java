package io.ferrymq.tasks;

import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.PythonRepr;
import io.ferrymq.tasks.message.Signature;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskMessage.Lineage;
import io.ferrymq.tasks.message.TaskMessage.Timing;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The options of a signature by their names in Celery, and the message that it becomes. */
final class SignatureOptions {
    static final String TASK_ID = "task_id";
    static final String QUEUE = "queue";
    static final String EXCHANGE = "exchange";
    static final String ROUTING_KEY = "routing_key";
    static final String COUNTDOWN = "countdown";
    static final String ETA = "eta";
    static final String EXPIRES = "expires";
    static final String COMPRESSION = "compression";
    static final String PRIORITY = "priority";
    static final String HEADERS = "headers";
    static final String LINK = "link";
    static final String LINK_ERROR = "link_error";
    static final String SOFT_TIME_LIMIT = "soft_time_limit";
    static final String TIME_LIMIT = "time_limit";
    static final String REPLY_TO = "reply_to";
    static final String GROUP_ID = "group_id";
    static final String GROUP_INDEX = "group_index";
    static final String IGNORE_RESULT = "ignore_result";
    static final String CHAIN = "chain";
    static final String CHORD = "chord";

    /** What a caller by name may give, and what its value must be. */
    private static final Map<String, Predicate<Object>> GIVEN = Map.ofEntries(
            Map.entry(TASK_ID, String.class::isInstance),
            Map.entry(QUEUE, String.class::isInstance),
            Map.entry(COUNTDOWN, SignatureOptions::isSeconds),
            Map.entry(ETA, SignatureOptions::isMoment),
            Map.entry(EXPIRES, SignatureOptions::isMoment),
            Map.entry(PRIORITY, SignatureOptions::isPriority),
            Map.entry(HEADERS, Map.class::isInstance),
            Map.entry(LINK, Map.class::isInstance),
            Map.entry(LINK_ERROR, Map.class::isInstance),
            Map.entry(SOFT_TIME_LIMIT, SignatureOptions::isSeconds),
            Map.entry(TIME_LIMIT, SignatureOptions::isSeconds),
            Map.entry(COMPRESSION, String.class::isInstance),
            Map.entry(IGNORE_RESULT, Boolean.class::isInstance));

    private static final Set<String> ZLIB_NAMES = Set.of("gzip", "zlib");

    private SignatureOptions() {}

    /** Who calls, for the fields that the signature itself does not decide. */
    record Caller(
            String newId,
            Instant now,
            String replyTo,
            @Nullable String rootId,
            @Nullable String parentId,
            String origin) {}

    static TaskMessage message(Signature signature, Caller caller) {
        String given = signature.textOption(TASK_ID);
        String id = given == null ? caller.newId : given;
        String replyTo = signature.textOption(REPLY_TO);
        return new TaskMessage(
                id,
                signature.task(),
                signature.args(),
                signature.kwargs(),
                new Lineage(
                        caller.rootId == null ? id : caller.rootId,
                        caller.parentId,
                        signature.textOption(GROUP_ID),
                        groupIndex(signature)),
                timing(signature, caller.now),
                followUp(signature),
                replyTo == null ? caller.replyTo : replyTo,
                priority(signature),
                0,
                Boolean.TRUE.equals(signature.options().get(IGNORE_RESULT)),
                null,
                caller.origin,
                withCompression(signature));
    }

    /** Celery's names for a compression become the one that stands in messages. */
    private static Map<String, @Nullable Object> withCompression(Signature signature) {
        String compression = signature.textOption(COMPRESSION);
        if (compression == null) {
            return headers(signature);
        }
        Map<String, @Nullable Object> more = new LinkedHashMap<>(headers(signature));
        more.put(COMPRESSION, ZLIB_NAMES.contains(compression) ? "application/x-gzip" : compression);
        return more;
    }

    /**
     * Options as a program gives them, as they stand in a signature.
     *
     * @throws IllegalArgumentException if one is not known, or has a wrong value
     */
    static Map<String, @Nullable Object> given(Map<String, ? extends @Nullable Object> options) {
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        options.forEach((name, value) -> {
            Predicate<Object> fits = GIVEN.get(name);
            if (fits == null) {
                throw new IllegalArgumentException("no option of the name '" + name + "': known are "
                        + String.join(", ", new TreeSet<>(GIVEN.keySet())));
            }
            Object plain = plain(value);
            if (plain != null && !fits.test(plain)) {
                throw new IllegalArgumentException("a wrong value for the option '" + name + "': " + value);
            }
            given.put(name, plain);
        });
        return given;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Duration duration) {
            return duration.toMillis() / 1_000.0;
        }
        if (value instanceof TaskCall<?> call) {
            return call.signature().toMap();
        }
        return value instanceof Instant moment ? moment.toString() : value;
    }

    private static boolean isMoment(Object value) {
        try {
            return value instanceof Number
                    || value instanceof OffsetDateTime
                    || (value instanceof String text && OffsetDateTime.parse(text) != null);
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean isSeconds(Object value) {
        return value instanceof Number seconds && seconds.doubleValue() >= 0;
    }

    private static boolean isPriority(Object value) {
        return value instanceof Number priority && priority.longValue() >= 0 && priority.longValue() <= 255;
    }

    private static @Nullable Integer groupIndex(Signature signature) {
        return signature.options().get(GROUP_INDEX) instanceof Number index ? (Integer) index.intValue() : null;
    }

    private static int priority(Signature signature) {
        return signature.options().get(PRIORITY) instanceof Number priority ? priority.intValue() : 0;
    }

    private static TaskMessage.FollowUp followUp(Signature signature) {
        Object chord = signature.options().get(CHORD);
        return new TaskMessage.FollowUp(
                signatures(signature, LINK),
                signatures(signature, LINK_ERROR),
                signatures(signature, CHAIN),
                chord == null ? null : Signature.fromMap(chord));
    }

    private static List<Signature> signatures(Signature signature, String option) {
        return list(signature, option).stream().map(Signature::fromMap).toList();
    }

    private static Timing timing(Signature signature, Instant now) {
        Double countdown = seconds(signature, COUNTDOWN);
        return new Timing(
                countdown == null ? moment(signature, ETA, now) : after(now, countdown),
                moment(signature, EXPIRES, now),
                seconds(signature, SOFT_TIME_LIMIT),
                seconds(signature, TIME_LIMIT));
    }

    private static OffsetDateTime after(Instant now, double seconds) {
        return now.plusMillis(Math.round(seconds * 1_000)).atOffset(ZoneOffset.UTC);
    }

    /** A moment, or seconds from now. */
    private static @Nullable OffsetDateTime moment(Signature signature, String option, Instant now) {
        Object value = signature.options().get(option);
        if (value instanceof Number) {
            return after(now, Objects.requireNonNull(seconds(signature, option)));
        }
        if (value instanceof OffsetDateTime moment) {
            return moment;
        }
        if (value instanceof String text) {
            try {
                return OffsetDateTime.parse(text);
            } catch (DateTimeParseException e) {
                throw new BadMessageException("a wrong " + option + ": " + PythonRepr.of(text), e);
            }
        }
        return null;
    }

    private static @Nullable Double seconds(Signature signature, String option) {
        Object value = signature.options().get(option);
        return value instanceof Number number ? (Double) number.doubleValue() : null;
    }

    @SuppressWarnings("unchecked") // A list of anything is a list of objects; a single value is a list of one.
    static List<@Nullable Object> list(Signature signature, String option) {
        Object value = signature.options().get(option);
        if (value == null) {
            return List.of();
        }
        return value instanceof List<?> ? (List<@Nullable Object>) value : List.of(value);
    }

    @SuppressWarnings("unchecked") // Names in JSON are texts.
    static Map<String, @Nullable Object> headers(Signature signature) {
        Object value = signature.options().get(HEADERS);
        return value instanceof Map<?, ?> ? (Map<String, @Nullable Object>) value : Map.of();
    }
}
