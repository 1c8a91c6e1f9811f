package io.ferrymq.tasks;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How many calls of a task a worker begins in a time.
 *
 * @param text as Celery writes it: {@code 10/s}, {@code 100/m}, {@code 10/h}
 */
public record RateLimit(String text, double perSecond) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(?:/([smh]))?");

    /**
     * Reads one; null if it limits nothing: {@code 0}, or an empty text.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static @Nullable RateLimit parse(String text) {
        if (text.isEmpty()) {
            return null;
        }
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a rate limit is written as 10/s, 100/m or 10/h, not as '" + text + "'");
        }
        double count = Double.parseDouble(parts.group(1));
        String unit = parts.group(2);
        double seconds = "h".equals(unit) ? 3_600 : "m".equals(unit) ? 60 : 1;
        return count == 0 ? null : new RateLimit(text, count / seconds);
    }
}
