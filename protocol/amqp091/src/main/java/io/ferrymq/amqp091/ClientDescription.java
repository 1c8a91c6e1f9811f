package io.ferrymq.amqp091;

import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client says about itself, and where it connects from: for operators.
 *
 * @param connectionName the {@code connection_name} that it chose; its address if it chose none
 * @param remoteAddress where it is
 * @param properties all of its {@code client-properties}
 */
public record ClientDescription(
        String connectionName, InetSocketAddress remoteAddress, Map<String, @Nullable Object> properties) {

    static ClientDescription of(InetSocketAddress remoteAddress, Map<String, @Nullable Object> properties) {
        String name = properties.get("connection_name") instanceof String chosen ? chosen : remoteAddress.toString();
        return new ClientDescription(name, remoteAddress, properties);
    }

    /** Whether the client lists an extension among its capabilities. */
    boolean isCapableOf(String capability) {
        return properties.get("capabilities") instanceof Map<?, ?> capabilities
                && Boolean.TRUE.equals(capabilities.get(capability));
    }
}
