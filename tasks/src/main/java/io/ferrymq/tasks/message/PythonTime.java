package io.ferrymq.tasks.message;

import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalAccessor;

/**
 * Times as Python's {@code isoformat} writes them and {@code fromisoformat} reads them in all versions since 3.7: always
 * with seconds, with six digits of a second, with a numeric offset.
 */
final class PythonTime {
    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx");
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS");

    private PythonTime() {}

    static String format(OffsetDateTime time) {
        return OFFSET.format(time);
    }

    static String format(LocalDateTime time) {
        return LOCAL.format(time);
    }

    static String format(LocalTime time) {
        return TIME.format(time);
    }

    /** An OffsetDateTime, or a LocalDateTime if no offset is written. */
    static Temporal parse(String text) {
        TemporalAccessor parsed =
                DateTimeFormatter.ISO_DATE_TIME.parseBest(spaced(text), OffsetDateTime::from, LocalDateTime::from);
        return (Temporal) parsed;
    }

    /** A moment; without an offset it is UTC, as Celery sends it when told to use UTC. */
    static OffsetDateTime parseMoment(String text) {
        Temporal time = parse(text);
        return time instanceof LocalDateTime local ? local.atOffset(ZoneOffset.UTC) : (OffsetDateTime) time;
    }

    static LocalTime parseTime(String text) {
        return LocalTime.parse(text);
    }

    /** Python also takes a space between date and time. */
    private static String spaced(String text) {
        if (text.length() > 10 && text.charAt(10) == ' ') {
            return text.substring(0, 10) + 'T' + text.substring(11);
        }
        if (text.length() == 10) {
            throw new DateTimeParseException("a date without a time", text, text.length());
        }
        return text;
    }
}
