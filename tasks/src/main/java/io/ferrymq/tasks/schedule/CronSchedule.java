package io.ferrymq.tasks.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ticks by the clock on the wall of a place. Immutable.
 *
 * <p>When clocks are put forward, a time of day that does not come is made up for at the moment of the change, unless the
 * hour is {@code *} or a step of it: then the next one is near. When clocks are put back, a time of day that comes twice
 * counts once, the first time, and every hour or minute counts each time.
 */
public final class CronSchedule implements Schedule {
    private static final int EXPRESSION_CHARS_MAX = 200;
    private static final Pattern ANY_HOUR = Pattern.compile("\\S+\\s+\\*.*");
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    /** What the five fields are made of; the parser knows more than cron does, and trips over some of that. */
    private static final Pattern CHARACTERS = Pattern.compile("[0-9A-Za-z*,/\\-\\s]*");

    private final String expression;
    private final ZoneId zone;
    private final ExecutionTime times;
    private final boolean anyHour;

    CronSchedule(String expression, ZoneId zone) {
        if (expression.length() > EXPRESSION_CHARS_MAX) {
            throw new IllegalArgumentException("a cron expression of " + expression.length() + " characters");
        }
        if (!CHARACTERS.matcher(expression).matches()) {
            throw new IllegalArgumentException("'" + expression + "' is no cron expression");
        }
        this.expression = expression.trim();
        this.zone = zone;
        this.times = ExecutionTime.forCron(PARSER.parse(this.expression));
        this.anyHour = ANY_HOUR.matcher(this.expression).matches();
        if (wallTimeAfter(LocalDateTime.of(2000, 1, 1, 0, 0)) == null) {
            throw new IllegalArgumentException("the time of '" + expression + "' never comes");
        }
    }

    public String expression() {
        return expression;
    }

    public ZoneId zone() {
        return zone;
    }

    /** Goes from one change of clocks to the next; between them the clock on the wall runs as any other. */
    @Override
    public Optional<Instant> next(Instant after) {
        ZoneRules rules = zone.getRules();
        LocalDateTime wallAfter = LocalDateTime.ofInstant(after, rules.getOffset(after));
        Instant from = after;
        while (true) {
            @Nullable LocalDateTime wall = wallTimeAfter(behindSecondPass(from, wallAfter));
            if (wall == null) {
                return Optional.empty();
            }
            Instant tick = wall.toInstant(rules.getOffset(from));
            @Nullable ZoneOffsetTransition change = rules.nextTransition(from);
            if (change == null || tick.isBefore(change.getInstant())) {
                return Optional.of(tick);
            }
            if (skipsATick(change)) {
                return Optional.of(change.getInstant());
            }
            from = change.getInstant();
            wallAfter = change.getDateTimeAfter().minusNanos(1);
        }
    }

    /** Where to look from, in a time that clocks which were put back show again: behind it, unless every hour counts. */
    private LocalDateTime behindSecondPass(Instant from, LocalDateTime wallAfter) {
        @Nullable ZoneOffsetTransition before = anyHour ? null : zone.getRules().previousTransition(from.plusNanos(1));
        if (before == null || !before.isOverlap() || !wallAfter.isBefore(before.getDateTimeBefore())) {
            return wallAfter;
        }
        return before.getDateTimeBefore().minusNanos(1);
    }

    /** Whether clocks that are put forward here leave out a time at which something was to happen. */
    private boolean skipsATick(ZoneOffsetTransition change) {
        if (anyHour || !change.isGap()) {
            return false;
        }
        @Nullable LocalDateTime left = wallTimeAfter(change.getDateTimeBefore().minusNanos(1));
        return left != null && left.isBefore(change.getDateTimeAfter());
    }

    private @Nullable LocalDateTime wallTimeAfter(LocalDateTime time) {
        return times.nextExecution(time.atZone(ZoneOffset.UTC))
                .map(found -> found.toLocalDateTime())
                .orElse(null);
    }

    /** Looks for it between a moment that has a tick behind it and the end, and halves that. */
    @Override
    public Optional<Instant> last(Instant notAfter) {
        long spanMillis = 60_000;
        @Nullable Instant found = tickBetween(notAfter.minusMillis(spanMillis), notAfter);
        while (found == null) {
            spanMillis *= 2;
            if (notAfter.toEpochMilli() < spanMillis) {
                return Optional.empty();
            }
            found = tickBetween(notAfter.minusMillis(spanMillis), notAfter);
        }
        Instant end = notAfter;
        while (found.plusMillis(1).isBefore(end)) {
            Instant middle = Instant.ofEpochMilli((found.toEpochMilli() + end.toEpochMilli()) / 2);
            @Nullable Instant later = tickBetween(middle, notAfter);
            if (later == null) {
                end = middle;
            } else {
                found = later;
            }
        }
        return Optional.of(found);
    }

    private @Nullable Instant tickBetween(Instant after, Instant notAfter) {
        return next(after).filter(tick -> !tick.isAfter(notAfter)).orElse(null);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CronSchedule cron && expression.equals(cron.expression) && zone.equals(cron.zone);
    }

    @Override
    public int hashCode() {
        return 31 * expression.hashCode() + zone.hashCode();
    }

    @Override
    public String toString() {
        return "cron " + expression + " in " + zone;
    }
}
