package io.ferrymq.log;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What surrounds a log: the threads it runs on, the time and what to do when the disk fails. Tests put executors here
 * that they crank by hand.
 *
 * @param lane runs one task after the other; the log is called there and calls back there
 * @param journal writes and flushes, one task after the other; may do that before it returns
 * @param background prepares segments and writes checkpoints, one task after the other
 * @param clockMillis milliseconds since 1970
 * @param failure told of any error that leaves the disk's content in doubt
 * @param stop run at the end of {@link CommandLog#close}; ends the threads that were made for this log
 */
public record LogEnvironment(
        Executor lane,
        Executor journal,
        Executor background,
        LongSupplier clockMillis,
        FailureHandler failure,
        Runnable stop) {
    /**
     * Two threads for this log, named after {@code name}, which end when it is closed. Short flushes are done on the
     * lane, as {@code options} say.
     */
    public static LogEnvironment threaded(
            String name, LogOptions options, Executor lane, LongSupplier clockMillis, FailureHandler failure) {
        ExecutorService journal = thread(name + "-journal");
        ExecutorService background = thread(name + "-background");
        Executor nearest = new NearestExecutor(
                journal, System::nanoTime, TimeUnit.MICROSECONDS.toNanos(options.laneFlushMicrosMax()));
        return new LogEnvironment(lane, nearest, background, clockMillis, failure, () -> {
            journal.shutdown();
            background.shutdown();
        });
    }

    private static ExecutorService thread(String name) {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(name).daemon(true).factory());
    }
}
