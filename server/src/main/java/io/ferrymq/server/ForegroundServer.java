package io.ferrymq.server;

import io.ferrymq.server.settings.Keys;
import io.ferrymq.server.settings.Settings;
import io.ferrymq.server.settings.SettingsException;
import java.util.concurrent.CountDownLatch;

/**
 * A broker that runs until the process is told to end.
 *
 * <p>Thread contract: {@link #run} on the main thread; the virtual machine's shutdown thread stops the broker.
 */
final class ForegroundServer {
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
        server.close();
        return server.stoppedCleanly() ? ExitCode.OK : ExitCode.FAILED;
    }
}
