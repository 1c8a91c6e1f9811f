package io.ferrymq.broker.access;

/**
 * Which routing keys a user may use with a topic exchange: regular expressions, in which <code>{username}</code>, <code>
 * {vhost}</code> and what else the session knows, such as <code>{client_id}</code>, stand for their values.
 *
 * @param write the keys to publish with
 * @param read the keys to bind with
 */
public record TopicPermission(String write, String read) {}
