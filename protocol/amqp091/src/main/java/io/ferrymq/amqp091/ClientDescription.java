package io.ferrymq.amqp091;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of what a client says about itself, and where it connects from. Its {@code client-properties} as a whole
 * could take many times the bytes that they came in.
 *
 * @param connectionName the {@code connection_name} that it chose, at most {@value #NAME_LENGTH_MAX} characters of it; its
 *     address if it chose none
 * @param remoteAddress where it is
 * @param capabilities extensions that it lists, of those that make a difference here
 */
public record ClientDescription(String connectionName, InetSocketAddress remoteAddress, Set<String> capabilities) {
    private static final int NAME_LENGTH_MAX = 255;
    private static final Set<String> KNOWN =
            Set.of("consumer_cancel_notify", "connection.blocked", "authentication_failure_close");

    static ClientDescription of(InetSocketAddress remoteAddress, Map<String, @Nullable Object> properties) {
        String name = properties.get("connection_name") instanceof String chosen
                ? chosen.substring(0, Math.min(NAME_LENGTH_MAX, chosen.length()))
                : remoteAddress.toString();
        return new ClientDescription(name, remoteAddress, capabilities(properties));
    }

    private static Set<String> capabilities(Map<String, @Nullable Object> properties) {
        if (!(properties.get("capabilities") instanceof Map<?, ?> listed)) {
            return Set.of();
        }
        return KNOWN.stream()
                .filter(capability -> Boolean.TRUE.equals(listed.get(capability)))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether the client lists an extension among its capabilities. */
    boolean isCapableOf(String capability) {
        return capabilities.contains(capability);
    }
}
