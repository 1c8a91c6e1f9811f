package io.ferrymq.server;

import io.ferrymq.server.definitions.Definitions;
import io.ferrymq.server.definitions.DefinitionsException;
import io.ferrymq.server.definitions.DefinitionsFile;
import io.ferrymq.server.settings.Keys;
import io.ferrymq.server.settings.Settings;
import io.ferrymq.server.settings.SettingsException;
import io.ferrymq.server.settings.WireSettings;
import io.ferrymq.wire.Transport;
import io.ferrymq.wire.TransportOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A running broker: the one place where its parts are put together.
 *
 * <p>Thread contract: started by one thread; {@link #close} from any thread but a lane.
 *
 * <pre>
 * start                        stop, in the opposite order
 * data directory  locked       unlocked
 * transport       lanes run    lanes end
 * core            recovered    checkpoint taken, files closed
 * connections     none yet     peers told, then gone
 * listeners       accept       accept no more
 * </pre>
 */
public final class FerryServer implements AutoCloseable {
    /** How long peers have to take their leave when the broker stops. */
    private static final int LEAVE_MILLIS_MAX = 3_000;

    private final Lifecycle lifecycle;
    private final Path dataPath;
    private final Map<String, InetSocketAddress> listeners;

    private FerryServer(Lifecycle lifecycle, Path dataPath, Map<String, InetSocketAddress> listeners) {
        this.lifecycle = lifecycle;
        this.dataPath = dataPath;
        this.listeners = listeners;
    }

    /**
     * Starts everything; every listener accepts on return. When a part cannot start, those before it are stopped.
     *
     * @throws OperatorException if the operator has something to mend outside the configuration
     * @throws SettingsException if settings do not go together
     */
    public static FerryServer start(Settings settings, BrokerCore.Factory cores)
            throws OperatorException, SettingsException {
        Lifecycle lifecycle = new Lifecycle();
        try {
            return start(settings, cores, lifecycle);
        } catch (OperatorException | SettingsException | RuntimeException | Error e) {
            lifecycle.close();
            throw e;
        }
    }

    /** What can fail quickly comes before the core, whose recovery may take a while. */
    private static FerryServer start(Settings settings, BrokerCore.Factory cores, Lifecycle lifecycle)
            throws OperatorException, SettingsException {
        Definitions definitions = definitions(settings);
        DataDirectory data = DataDirectory.open(settings.get(Keys.DATA_DIR));
        lifecycle.started("the data directory", data);
        Transport transport = Transport.open(transportOptions(settings));
        lifecycle.started("the transport", transport);
        AmqpListeners listeners = AmqpListeners.plan(settings, transport);
        BrokerCore core = cores.open(new BrokerCore.Parts(settings, definitions, data, transport));
        lifecycle.started("the broker", core);
        lifecycle.started("connections", () -> transport.endConnections(LEAVE_MILLIS_MAX));
        lifecycle.started("the listeners", listeners);
        listeners.open(core.protocols());
        return new FerryServer(lifecycle, data.path(), listeners.addresses());
    }

    private static TransportOptions transportOptions(Settings settings) throws OperatorException {
        TransportOptions wanted = WireSettings.transport(settings);
        return wanted.withConnectionsMax(Descriptors.ofProcess().connections(wanted.connectionsMax()));
    }

    private static Definitions definitions(Settings settings) throws OperatorException {
        Optional<Path> file = settings.find(Keys.DEFINITIONS_FILE);
        if (file.isEmpty()) {
            return Definitions.NONE;
        }
        try {
            return DefinitionsFile.read(file.get());
        } catch (DefinitionsException e) {
            throw new OperatorException(e.getMessage() + "; correct it, or unset " + Keys.DEFINITIONS_FILE.name(), e);
        }
    }

    /** The listeners by name, with their real ports, in the order in which they were opened. */
    public Map<String, InetSocketAddress> listeners() {
        return listeners;
    }

    /** The data directory's absolute path. */
    public Path dataPath() {
        return dataPath;
    }

    /** Stops everything in order. Later calls do nothing. */
    @Override
    public void close() {
        lifecycle.close();
    }

    /** Whether everything has stopped as it should, once {@link #close} has returned. */
    public boolean stoppedCleanly() {
        return lifecycle.stoppedCleanly();
    }
}
