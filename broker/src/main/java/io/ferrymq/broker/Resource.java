package io.ferrymq.broker;

/**
 * What a refusal is about.
 *
 * @param kind exchange or queue
 * @param name as the client gave it; the empty name is the default exchange
 * @param vhost the virtual host it would be in
 */
public record Resource(Kind kind, String name, String vhost) {
    /** The kinds of things that have names. */
    public enum Kind {
        EXCHANGE,
        QUEUE
    }

    public static Resource exchange(String name, String vhost) {
        return new Resource(Kind.EXCHANGE, name, vhost);
    }

    public static Resource queue(String name, String vhost) {
        return new Resource(Kind.QUEUE, name, vhost);
    }
}
