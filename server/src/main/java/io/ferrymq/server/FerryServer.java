package io.ferrymq.server;

import io.ferrymq.server.definitions.Definitions;
import io.ferrymq.server.definitions.DefinitionsException;
import io.ferrymq.server.definitions.DefinitionsFile;
import io.ferrymq.server.settings.Key;
import io.ferrymq.server.settings.Keys;
import io.ferrymq.server.settings.Settings;
import io.ferrymq.server.settings.SettingsException;
import io.ferrymq.server.settings.WireSettings;
import io.ferrymq.wire.Listener;
import io.ferrymq.wire.ListenerException;
import io.ferrymq.wire.ListenerOptions;
import io.ferrymq.wire.TlsContext;
import io.ferrymq.wire.TlsException;
import io.ferrymq.wire.TlsOptions;
import io.ferrymq.wire.Transport;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

    private final Lifecycle lifecycle = new Lifecycle();
    private final Map<String, InetSocketAddress> listeners = new LinkedHashMap<>();
    private final Settings settings;
    private final DataDirectory data;

    private FerryServer(Settings settings, DataDirectory data) {
        this.settings = settings;
        this.data = data;
    }

    /**
     * Starts everything; every listener accepts on return. When a part cannot start, those before it are stopped.
     *
     * @throws OperatorException if the operator has something to mend outside the configuration
     * @throws SettingsException if settings do not go together
     */
    public static FerryServer start(Settings settings, BrokerCore.Factory cores)
            throws OperatorException, SettingsException {
        Optional<TlsOptions> tls = WireSettings.tls(settings);
        Definitions definitions = definitions(settings);
        FerryServer server = new FerryServer(settings, DataDirectory.open(settings.get(Keys.DATA_DIR)));
        try {
            server.startParts(cores, definitions, tls);
            return server;
        } catch (OperatorException | SettingsException | RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    private void startParts(BrokerCore.Factory cores, Definitions definitions, Optional<TlsOptions> tls)
            throws OperatorException, SettingsException {
        lifecycle.started("the data directory", data);
        Transport transport = Transport.open(WireSettings.transport(settings));
        lifecycle.started("the transport", transport);
        BrokerCore core = cores.open(new BrokerCore.Parts(settings, definitions, data, transport));
        lifecycle.started("the broker", core);
        lifecycle.started("connections", () -> transport.endConnections(LEAVE_MILLIS_MAX));
        if (settings.get(Keys.AMQP_ENABLED)) {
            listen("amqp", Keys.AMQP_PORT, options -> transport.listen(options, core.protocols()));
        }
        if (tls.isPresent()) {
            TlsContext context = load(tls.get());
            listen("amqps", Keys.AMQPS_PORT, options -> transport.listenTls(options, context, core.protocols()));
        }
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

    /** Opens a listener; a lambda names the kind. */
    private interface Opening {
        Listener open(ListenerOptions options) throws ListenerException;
    }

    private void listen(String name, Key<Integer> port, Opening opening) throws OperatorException {
        ListenerOptions options = WireSettings.amqpListener(settings, port);
        try {
            Listener listener = opening.open(options);
            lifecycle.started("the " + name + " listener", listener);
            boolean isEveryAddress = options.host().equals(ListenerOptions.EVERY_ADDRESS);
            listeners.put(
                    name, isEveryAddress ? new InetSocketAddress("0.0.0.0", listener.port()) : listener.localAddress());
        } catch (ListenerException e) {
            throw new OperatorException(
                    e.getMessage() + "; free it or choose another address with --set " + port.name() + "=PORT (0: any"
                            + " free port) or --set " + Keys.AMQP_HOST.name() + "=ADDRESS",
                    e);
        }
    }

    private static TlsContext load(TlsOptions options) throws OperatorException {
        try {
            return TlsContext.load(options);
        } catch (TlsException e) {
            throw new OperatorException(
                    e.getMessage() + "; correct tls.certificate, tls.key and tls.ca, or make files for trying with"
                            + " './ferry certificate DIR'",
                    e);
        }
    }

    /** The listeners by name, with their real ports, in the order in which they were opened. */
    public Map<String, InetSocketAddress> listeners() {
        return listeners;
    }

    /** The data directory's absolute path. */
    public Path dataPath() {
        return data.path();
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
