package io.ferrymq.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.util.CachingDateFormatter;
import io.ferrymq.wire.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A line for each event: time, level, class, message; a stack trace below it if there is one. What stands in a message,
 * be it the broker's or an exception's, is {@link Printable} and bounded: no client can forge a line, reach the terminal
 * or fill the disk with one.
 *
 * <p>Thread contract: any thread.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {
    private static final int LEVEL_CHARS = 5;
    /** What is shown of one message: several values of a client, whose length {@code ClientLog} bounds, and our own words. */
    private static final int CHARS_MAX = 4_096;

    private final CachingDateFormatter time = new CachingDateFormatter("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder out = new StringBuilder(160);
        out.append(time.format(event.getTimeStamp())).append(' ');
        String level = event.getLevel().toString();
        out.append(level).repeat(' ', LEVEL_CHARS - level.length()).append(' ');
        String logger = event.getLoggerName();
        out.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(": ");
        out.append(printable(event.getFormattedMessage())).append('\n');
        String prefix = "";
        for (IThrowableProxy thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
            append(out, prefix, thrown);
            prefix = "Caused by: ";
        }
        return out.toString();
    }

    /** A message may quote what came from outside, in whatever length. */
    private static String printable(@Nullable String message) {
        return Printable.beginningOf(String.valueOf(message), CHARS_MAX);
    }

    private static void append(StringBuilder out, String prefix, IThrowableProxy thrown) {
        @Nullable String message = thrown.getMessage();
        out.append(prefix).append(thrown.getClassName());
        out.append(message == null ? "" : ": " + printable(message)).append('\n');
        StackTraceElementProxy[] steps = thrown.getStackTraceElementProxyArray();
        for (int i = 0; i < steps.length - thrown.getCommonFrames(); i++) {
            out.append("\tat ").append(steps[i].getStackTraceElement()).append('\n');
        }
        for (IThrowableProxy suppressed : thrown.getSuppressed()) {
            out.append("\tSuppressed: ").append(suppressed.getClassName()).append(": ");
            out.append(printable(suppressed.getMessage())).append('\n');
        }
    }
}
