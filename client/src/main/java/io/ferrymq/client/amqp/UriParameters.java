package io.ferrymq.client.amqp;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What stands behind the question mark of a URI: {@code name=value&name=value}.
 *
 * <pre>
 *   ca         PEM file of the authorities that are trusted; amqps only
 *   heartbeat  seconds of silence after which a connection is probed, 1 to 3600
 * </pre>
 */
final class UriParameters {
    private static final String CA = "ca";
    private static final String HEARTBEAT = "heartbeat";
    private static final int HEARTBEAT_SECONDS_MAX = 3_600;

    private final Map<String, String> values;

    private UriParameters(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException if one is unknown, or what it says is
     */
    static UriParameters of(URI uri) {
        Map<String, String> values = new LinkedHashMap<>();
        String query = uri.getRawQuery();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                if (!Set.of(CA, HEARTBEAT).contains(name)) {
                    throw new IllegalArgumentException(
                            "unknown parameter '" + name + "'; known are " + CA + " and " + HEARTBEAT);
                }
                // A plus is a plus in a file's name.
                String value = equals < 0 ? "" : pair.substring(equals + 1).replace("+", "%2B");
                values.put(name, URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        }
        if (values.containsKey(CA) && !uri.getScheme().equalsIgnoreCase("amqps")) {
            throw new IllegalArgumentException("'" + CA + "' means something with amqps: only");
        }
        return new UriParameters(values);
    }

    Optional<String> authoritiesFile() {
        return Optional.ofNullable(values.get(CA));
    }

    int heartbeatSeconds(int otherwise) {
        String text = values.get(HEARTBEAT);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,4}")
                || Integer.parseInt(text) < 1
                || Integer.parseInt(text) > HEARTBEAT_SECONDS_MAX) {
            throw new IllegalArgumentException(
                    "'" + HEARTBEAT + "' is seconds, 1 to " + HEARTBEAT_SECONDS_MAX + ", and not '" + text + "'");
        }
        return Integer.parseInt(text);
    }
}
