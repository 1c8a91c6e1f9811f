package io.ferrymq.server.settings;

import java.util.Locale;

/**
 * One thing that can be configured.
 *
 * @param name as in the file, such as {@code amqp.port}
 * @param type how its text is read
 * @param defaultText its value if nothing sets it; empty if it then has none
 * @param description one line for the operator
 */
public record Key<T>(String name, ValueType<T> type, String defaultText, String description) {
    /** The environment variable that sets it: {@code amqp.port} is {@code FERRY_AMQP_PORT}. */
    public String environmentName() {
        return "FERRY_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
