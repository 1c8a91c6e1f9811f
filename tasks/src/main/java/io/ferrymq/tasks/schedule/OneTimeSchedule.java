package io.ferrymq.tasks.schedule;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** One tick. */
public record OneTimeSchedule(Instant moment) implements Schedule {
    public OneTimeSchedule {
        moment = moment.truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public Optional<Instant> next(Instant after) {
        return moment.isAfter(after) ? Optional.of(moment) : Optional.empty();
    }

    @Override
    public Optional<Instant> last(Instant notAfter) {
        return moment.isAfter(notAfter) ? Optional.empty() : Optional.of(moment);
    }
}
