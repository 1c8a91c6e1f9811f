package io.ferrymq.server;

import io.ferrymq.server.settings.Keys;
import io.ferrymq.server.settings.Settings;
import io.ferrymq.server.settings.SettingsException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker that runs until the process is told to end.
 *
 * <p>Thread contract: {@link #run} on the main thread; the virtual machine's shutdown thread has the broker stopped by a
 * thread of its own, for which it waits so long and no longer.
 */
final class ForegroundServer {
    /** Longer than clients, the last flush and a checkpoint of all that memory holds need on a slow disk. */
    private static final long STOP_MILLIS_MAX = 60_000;

    private static final Logger LOG = LoggerFactory.getLogger(ForegroundServer.class);

    private ForegroundServer() {}

    /**
     * Starts the broker, prints the ready line and stays; after SIGTERM, SIGINT or SIGHUP the process ends inside.
     *
     * @return the exit code, if it is to stop when ready
     */
    static int run(StartArguments arguments) throws OperatorException, SettingsException, InterruptedException {
        Settings settings = arguments.settings().settings(System.getenv());
        StandardErrorLogging.setLevel(settings.get(Keys.LOGGING_LEVEL));
        FerryServer server = FerryServer.start(settings, Assembly::open);
        if (!arguments.stopWhenReady()) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stopOnSignal(server), "ferry-stop"));
        }
        System.out.println(ReadyLine.of(server, ReadyLine.millisSinceProcessBegan()));
        if (!arguments.stopWhenReady()) {
            new CountDownLatch(1).await(); // Never counted down: the process ends in the hook.
        }
        return stop(server);
    }

    /** Ends the process by itself: after a signal the virtual machine would report 128 and the signal's number. */
    private static void stopOnSignal(FerryServer server) {
        Runtime.getRuntime().halt(stop(server));
    }

    private static int stop(FerryServer server) {
        return within(STOP_MILLIS_MAX, () -> {
            server.close();
            return server.stoppedCleanly() ? ExitCode.OK : ExitCode.FAILED;
        });
    }

    /**
     * The exit code of a stop; {@link ExitCode#FAILED} if it takes longer than it may. Then the process ends as if it were
     * killed: nothing that was confirmed is lost, and the next start replays what a checkpoint would have saved it.
     */
    static int within(long millisMax, IntSupplier stop) {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Thread stopping = new Thread(
                () -> {
                    try {
                        code.complete(stop.getAsInt());
                    } catch (RuntimeException | Error e) {
                        code.completeExceptionally(e);
                    }
                },
                "ferry-stopping");
        stopping.setDaemon(true);
        stopping.start();
        int late = -1;
        int found =
                code.completeOnTimeout(late, millisMax, TimeUnit.MILLISECONDS).join();
        if (found == late) {
            LOG.error("the stop has taken {} ms and is given up; the next start has more to replay", millisMax);
            return ExitCode.FAILED;
        }
        return found;
    }
}
