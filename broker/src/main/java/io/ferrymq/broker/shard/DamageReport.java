package io.ferrymq.broker.shard;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of messages that are set aside: one line a second at most, which counts those it does not name. Lane only. */
final class DamageReport {
    private static final Logger LOG = LoggerFactory.getLogger(DamageReport.class);
    private static final long PAUSE_MILLIS = 1_000;

    private final Lane lane;
    private long total;
    private long untold;
    private boolean pausing;

    DamageReport(Lane lane) {
        this.lane = lane;
    }

    /** How many there were since the broker started. */
    long total() {
        return total;
    }

    void setAside(String place, SetAside.Entry entry) {
        total++;
        if (pausing) {
            untold++;
            return;
        }
        LOG.warn(
                "{}: message {} cannot be read and is set aside: {}",
                printable(place),
                entry.sequence(),
                entry.reason());
        pause();
    }

    /** Names are clients' words, and a line of the log is one line. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private void pause() {
        pausing = true;
        lane.schedule(PAUSE_MILLIS, this::goOn);
    }

    private void goOn() {
        pausing = false;
        if (untold > 0) {
            LOG.warn("{} more messages could not be read and are set aside", untold);
            untold = 0;
            pause();
        }
    }
}
