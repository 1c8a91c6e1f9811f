package io.ferrymq.wire;

import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * A log whose lines clients cause: at most {@value #LINES_MAX} of them a second, and then one that says how many were left
 * out. What stands in them is {@link Printable}, and of each value only the beginning.
 *
 * <p>Thread contract: any thread; on the lane that is given a summary is written later.
 */
public final class ClientLog {
    static final int LINES_MAX = 100;

    /** What is shown of one value: more would be a way to fill the disk that the log is on. */
    static final int VALUE_CHARS_MAX = 256;

    private static final long WINDOW_MILLIS = 1_000;
    private static final long NEVER = Long.MIN_VALUE;

    private final Logger log;
    private long windowMillis = NEVER;
    private int lines;
    private long leftOut;

    /** Writes to this log. */
    public ClientLog(Logger log) {
        this.log = log;
    }

    /** Writes a line for operators who want to follow what clients do. */
    public void info(Lane lane, String format, Object... values) {
        write(Level.INFO, lane, format, values);
    }

    /** Writes a line about something that an operator may have to look at. */
    public void warn(Lane lane, String format, Object... values) {
        write(Level.WARN, lane, format, values);
    }

    /** Writes of a fault of our own that a client has met, with its stack trace. */
    public void error(Lane lane, Throwable cause, String format, Object value) {
        if (permits(lane)) {
            log.atError().setCause(cause).log(format, printable(value));
        }
    }

    private void write(Level level, Lane lane, String format, Object... values) {
        if (log.isEnabledForLevel(level) && permits(lane)) {
            Object[] printable = new Object[values.length];
            for (int i = 0; i < values.length; i++) {
                printable[i] = printable(values[i]);
            }
            log.atLevel(level).log(format, printable);
        }
    }

    private static String printable(Object value) {
        return Printable.beginningOf(String.valueOf(value), VALUE_CHARS_MAX);
    }

    private synchronized boolean permits(Lane lane) {
        long nowMillis = lane.nowMillis();
        if (windowMillis == NEVER || nowMillis - windowMillis >= WINDOW_MILLIS || nowMillis < windowMillis) {
            windowMillis = nowMillis;
            lines = 0;
        }
        lines++;
        if (lines <= LINES_MAX) {
            return true;
        }
        if (leftOut++ == 0) {
            lane.schedule(WINDOW_MILLIS, this::sumUp);
        }
        return false;
    }

    private void sumUp() {
        long count;
        synchronized (this) {
            count = leftOut;
            leftOut = 0;
        }
        log.warn("{} more lines of this kind were left out within {} ms: clients cause too many", count, WINDOW_MILLIS);
    }
}
