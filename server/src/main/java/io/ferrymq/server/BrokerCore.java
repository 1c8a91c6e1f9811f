package io.ferrymq.server;

import io.ferrymq.server.definitions.Definitions;
import io.ferrymq.server.settings.Settings;
import io.ferrymq.server.settings.SettingsException;
import io.ferrymq.wire.ProtocolBinding;
import io.ferrymq.wire.Transport;
import java.util.List;

/**
 * What stands between the data directory and the listeners: the log, the broker and its protocols.
 *
 * <p>Thread contract: opened and closed by the thread that starts and stops the server.
 */
public interface BrokerCore extends AutoCloseable {
    /** What every listener for AMQP speaks; at least one, and the first refuses strangers. */
    List<ProtocolBinding> protocols();

    /** Takes a checkpoint and lets go of the files. Connections are gone by then, lanes are not. */
    @Override
    void close();

    /**
     * What a core is made of.
     *
     * @param definitions what the operator wants to exist at start; empty if no file is set
     */
    record Parts(Settings settings, Definitions definitions, DataDirectory data, Transport transport) {}

    /** Makes a core. */
    @FunctionalInterface
    interface Factory {
        /**
         * Recovers what is in the data directory and adds the definitions; ready to serve on return.
         *
         * @throws OperatorException if the operator has something to mend outside the configuration
         * @throws SettingsException if settings do not go together
         */
        BrokerCore open(Parts parts) throws OperatorException, SettingsException;
    }
}
