package io.ferrymq.broker.celery;

import io.ferrymq.broker.message.MessageFormat;
import io.ferrymq.broker.message.Octets;
import io.ferrymq.broker.message.ShortText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a message say about a task, if it is one: Celery's protocol 2, which is known by its header {@code
 * task}. What cannot be read counts as absent, and the worker that gets the task decides. Stateless.
 */
public final class TaskHeaders {
    /** No time was given. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final int TIME_CHARS_MAX = 64;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private TaskHeaders() {}

    public static boolean isTask(MessageFormat format, ByteBuf header) {
        return format.header(header, "task") instanceof String;
    }

    /** The id of a task; null if it has none, or one that is longer than any that Celery gives. */
    public static @Nullable String id(MessageFormat format, ByteBuf header) {
        return isTask(format, header)
                        && format.header(header, "id") instanceof String id
                        && ByteBufUtil.utf8Bytes(id) <= ShortText.BYTES_MAX
                ? id
                : null;
    }

    /** Before when a task must not run, milliseconds since 1970; {@link #NEVER} if it says nothing. */
    public static long etaMillis(MessageFormat format, ByteBuf header) {
        return millis(format.header(header, "eta"));
    }

    /** From when on a task need not run any more, milliseconds since 1970; {@link #NEVER} if it says nothing. */
    public static long expiresMillis(MessageFormat format, ByteBuf header) {
        return millis(format.header(header, "expires"));
    }

    /** Where the results of a task are waited for; null if nobody wants them. */
    public static @Nullable String replyTo(MessageFormat format, ByteBuf header) {
        String replyTo = format.property(header, "reply_to");
        boolean wanted = replyTo != null
                && Octets.length(replyTo) <= ShortText.BYTES_MAX
                && !Boolean.TRUE.equals(format.header(header, "ignore_result"));
        return wanted ? replyTo : null;
    }

    /**
     * A time with its offset, rounded up to the millisecond and not before 1970. One without an offset is in the time zone
     * of the program that wrote it, which nobody here knows.
     */
    static long millis(@Nullable Object value) {
        if (!(value instanceof String text) || text.length() > TIME_CHARS_MAX) {
            return NEVER;
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            long millis = (time.getNano() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
            return Math.max(1, Math.addExact(Math.multiplyExact(time.toEpochSecond(), 1_000), millis));
        } catch (DateTimeException | ArithmeticException _) {
            return NEVER;
        }
    }
}
