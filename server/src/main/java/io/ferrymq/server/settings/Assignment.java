package io.ferrymq.server.settings;

/**
 * One value that somebody has set.
 *
 * @param key name of the key, not checked yet
 * @param text the value, not read yet
 * @param source where it stands: {@code ferry.toml:12}, {@code FERRY_AMQP_PORT} or {@code --set}
 */
record Assignment(String key, String text, String source) {}
