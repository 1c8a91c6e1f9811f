package io.ferrymq.broker.access;

/**
 * What a user may do in a virtual host: regular expressions for the names of exchanges and queues. One that matches any
 * part of a name matches the name, as in RabbitMQ; an empty one matches no name.
 *
 * @param configure what the user may declare and delete
 * @param write what the user may publish and bind to
 * @param read what the user may consume, purge and bind from
 */
public record Permissions(String configure, String write, String read) {
    /** Everything. */
    public static final Permissions ALL = new Permissions(".*", ".*", ".*");
}
