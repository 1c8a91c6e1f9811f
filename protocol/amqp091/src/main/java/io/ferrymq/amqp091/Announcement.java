package io.ferrymq.amqp091;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the server says about itself in {@code connection.start}. Clients take {@code product} and {@code version} as a
 * promise of behaviour: kombu chooses its kind of prefetch by them. So they name the RabbitMQ whose behaviour this is,
 * and {@code information} says what it really is.
 *
 * @param product whose behaviour to expect
 * @param version which version's behaviour to expect
 * @param platform what it runs on
 * @param copyright who made it
 * @param information what it is
 * @param clusterName the name that operators give to this broker
 */
public record Announcement(
        String product, String version, String platform, String copyright, String information, String clusterName) {

    /** The extensions that this server has; clients ask for some of them in return. */
    private static final String[] CAPABILITIES = {
        "publisher_confirms",
        "exchange_exchange_bindings",
        "basic.nack",
        "consumer_cancel_notify",
        "connection.blocked",
        "consumer_priorities",
        "authentication_failure_close",
        "per_consumer_qos",
        "direct_reply_to"
    };

    /** RabbitMQ 4.1's behaviour from a FerryMQ without a name. */
    public static Announcement standard() {
        return new Announcement(
                "RabbitMQ",
                "4.1.4",
                "Java " + Runtime.version().feature(),
                "FerryMQ contributors; Apache License 2.0",
                "FerryMQ, speaking AMQP 0-9-1 as RabbitMQ 4.1 does",
                "ferrymq");
    }

    /** The same for a broker of that name. */
    public Announcement withClusterName(String name) {
        return new Announcement(product, version, platform, copyright, information, name);
    }

    /** The {@code server-properties} table. */
    Map<String, @Nullable Object> toServerProperties() {
        Map<String, @Nullable Object> capabilities = new LinkedHashMap<>();
        for (String capability : CAPABILITIES) {
            capabilities.put(capability, true);
        }
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("capabilities", capabilities);
        properties.put("cluster_name", clusterName);
        properties.put("copyright", copyright);
        properties.put("information", information);
        properties.put("platform", platform);
        properties.put("product", product);
        properties.put("version", version);
        return properties;
    }
}
