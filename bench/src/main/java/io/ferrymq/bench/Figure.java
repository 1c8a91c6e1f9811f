package io.ferrymq.bench;

import io.ferrymq.bench.Round.Measured;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/** A row of a scenario's table: what is shown, from which figure, in which unit. */
record Figure(String title, Function<Measured, OptionalDouble> value, DoubleFunction<String> format) {
    static final Figure RECEIVED =
            new Figure("received/s", round -> OptionalDouble.of(round.receivedPerSecond()), Figure::count);
    static final Figure SENT = new Figure("sent/s", round -> OptionalDouble.of(round.sentPerSecond()), Figure::count);
    static final Figure CPU =
            new Figure("broker CPU per message", Measured::cpuNanosPerMessage, nanos -> duration(nanos / 1e3));
    static final Figure MEDIAN =
            new Figure("latency p50", round -> recorded(round.consumerLatency().medianMicros()), Figure::duration);
    static final Figure P99 =
            new Figure("latency p99", round -> recorded(round.consumerLatency().p99Micros()), Figure::duration);
    static final Figure CONFIRM_MEDIAN =
            new Figure("confirm p50", round -> recorded(round.confirmLatency().medianMicros()), Figure::duration);
    static final Figure CONFIRM_P99 =
            new Figure("confirm p99", round -> recorded(round.confirmLatency().p99Micros()), Figure::duration);
    static final Figure FLUSHES = new Figure("disk flushes/s", Measured::flushesPerSecond, Figure::count);
    static final Figure RESIDENT = new Figure(
            "resident memory",
            round -> round.residentBytes().isPresent()
                    ? OptionalDouble.of((double) round.residentBytes().getAsLong())
                    : OptionalDouble.empty(),
            Figure::megabytes);

    private static OptionalDouble recorded(long micros) {
        return micros == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) micros);
    }

    String show(OptionalDouble median) {
        return median.isPresent() ? format.apply(median.getAsDouble()) : "–";
    }

    /** How many times the second is the first. */
    static String ratio(OptionalDouble first, OptionalDouble second) {
        return first.isPresent() && second.isPresent() && second.getAsDouble() > 0
                ? String.format(Locale.ROOT, "%.2f", first.getAsDouble() / second.getAsDouble())
                : "–";
    }

    static String megabytes(double bytes) {
        return String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
    }

    private static String count(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String duration(double micros) {
        return micros < 1000
                ? String.format(Locale.ROOT, "%.1f µs", micros)
                : String.format(Locale.ROOT, "%.2f ms", micros / 1000);
    }
}
