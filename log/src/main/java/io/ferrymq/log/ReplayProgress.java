package io.ferrymq.log;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Says how far a replay is, every few seconds and not at all if it is short. On the thread that replays. */
final class ReplayProgress {
    static final long EVERY_MILLIS = 5_000;
    private static final double MEGABYTE = 1 << 20;

    private final LongSupplier clockMillis;
    private final Consumer<String> out;
    private long bytesTotal;
    private long saidAtMillis;

    ReplayProgress(LongSupplier clockMillis, Consumer<String> out) {
        this.clockMillis = clockMillis;
        this.out = out;
    }

    /** The replay begins; there are so many bytes to look at, unless the last file ends early. */
    void begins(long total) {
        bytesTotal = total;
        saidAtMillis = clockMillis.getAsLong();
    }

    /** So much has been replayed. */
    void reached(long bytes, long records) {
        long nowMillis = clockMillis.getAsLong();
        // A clock that was set back begins a new interval.
        saidAtMillis = Math.min(saidAtMillis, nowMillis);
        if (nowMillis - saidAtMillis >= EVERY_MILLIS) {
            saidAtMillis = nowMillis;
            out.accept(String.format(
                    Locale.ROOT,
                    "replaying the journal: %d %% of %.0f MiB, %d records",
                    bytesTotal == 0 ? 100 : Math.min(100, bytes * 100 / bytesTotal),
                    bytesTotal / MEGABYTE,
                    records));
        }
    }
}
