package io.ferrymq.server;

import io.ferrymq.server.settings.Key;
import io.ferrymq.server.settings.Keys;
import io.ferrymq.server.settings.Settings;
import io.ferrymq.server.settings.SettingsException;
import io.ferrymq.server.settings.WireSettings;
import io.ferrymq.wire.Listener;
import io.ferrymq.wire.ListenerException;
import io.ferrymq.wire.ListenerOptions;
import io.ferrymq.wire.ProtocolBinding;
import io.ferrymq.wire.TlsContext;
import io.ferrymq.wire.TlsException;
import io.ferrymq.wire.TlsOptions;
import io.ferrymq.wire.Transport;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners for AMQP, plain and over TLS: first planned, so that what is wrong with them shows before a long recovery,
 * then opened.
 *
 * <p>Thread contract: the thread that starts the server, then the one that stops it.
 */
final class AmqpListeners implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AmqpListeners.class);

    private record Planned(String name, Key<Integer> port, ListenerOptions options, Optional<TlsContext> tls) {}

    private final Transport transport;
    private final List<Planned> planned = new ArrayList<>();
    private final List<Listener> open = new ArrayList<>();
    private final Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();

    private AmqpListeners(Transport transport) {
        this.transport = transport;
    }

    /**
     * Reads the certificates and looks whether the ports are free.
     *
     * @throws OperatorException if a file or a port cannot be used
     * @throws SettingsException if the TLS keys do not go together
     */
    static AmqpListeners plan(Settings settings, Transport transport) throws OperatorException, SettingsException {
        AmqpListeners listeners = new AmqpListeners(transport);
        if (settings.get(Keys.AMQP_ENABLED)) {
            listeners.plan("amqp", Keys.AMQP_PORT, settings, Optional.empty());
        }
        Optional<TlsOptions> tls = WireSettings.tls(settings);
        if (tls.isPresent()) {
            listeners.plan("amqps", Keys.AMQPS_PORT, settings, Optional.of(load(tls.get())));
        }
        return listeners;
    }

    private void plan(String name, Key<Integer> port, Settings settings, Optional<TlsContext> tls)
            throws OperatorException {
        Planned plan = new Planned(name, port, WireSettings.amqpListener(settings, port), tls);
        planned.add(plan);
        try {
            Listener.requireFree(plan.options());
        } catch (ListenerException e) {
            throw refused(plan, e);
        }
    }

    /**
     * Opens all of them; they accept on return.
     *
     * @throws OperatorException if a port has been taken since it was planned
     */
    void open(List<ProtocolBinding> protocols) throws OperatorException {
        for (Planned plan : planned) {
            try {
                Listener listener = plan.tls().isPresent()
                        ? transport.listenTls(plan.options(), plan.tls().get(), protocols)
                        : transport.listen(plan.options(), protocols);
                open.add(listener);
                addresses.put(plan.name(), shown(plan, listener));
            } catch (ListenerException e) {
                throw refused(plan, e);
            }
        }
    }

    /** The addresses by name, with their real ports, in the order in which they were opened. */
    Map<String, InetSocketAddress> addresses() {
        return Collections.unmodifiableMap(addresses);
    }

    /** Stops accepting. */
    @Override
    public void close() {
        open.forEach(Listener::close);
        open.clear();
    }

    private static InetSocketAddress shown(Planned plan, Listener listener) {
        boolean isEveryAddress = plan.options().host().equals(ListenerOptions.EVERY_ADDRESS);
        return isEveryAddress ? new InetSocketAddress("0.0.0.0", listener.port()) : listener.localAddress();
    }

    private static OperatorException refused(Planned plan, ListenerException cause) {
        return new OperatorException(
                "%s; free it or choose another address with --set %s=PORT (0: any free port) or --set %s=ADDRESS"
                        .formatted(cause.getMessage(), plan.port().name(), Keys.AMQP_HOST.name()),
                cause);
    }

    private static TlsContext load(TlsOptions options) throws OperatorException {
        try {
            TlsContext loaded = TlsContext.load(options);
            loaded.complaint(Instant.now()).ifPresent(LOG::warn);
            return loaded;
        } catch (TlsException e) {
            throw new OperatorException(
                    e.getMessage() + "; correct tls.certificate, tls.key and tls.ca, or make files for trying with"
                            + " './ferry certificate DIR'",
                    e);
        }
    }
}
