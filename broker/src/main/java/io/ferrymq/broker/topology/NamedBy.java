package io.ferrymq.broker.topology;

/** Who chose a queue's name. */
public enum NamedBy {
    /** Names of the broker's own are refused. */
    CLIENT,
    /** The client left the name empty and the session made one up, such as {@code amq.gen-…}. */
    BROKER
}
