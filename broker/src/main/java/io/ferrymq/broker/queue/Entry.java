package io.ferrymq.broker.queue;

/**
 * One waiting message as its queue's index knows it. A mutable slot that readers of the index reuse.
 *
 * <p>An <em>ordinal</em> numbers the messages of one chain from 0 in the order they came and is never written to disk;
 * a <em>sequence</em> is the log's number of the message.
 */
final class Entry {
    /** {@link #expiresAtMillis} of a message that does not expire. */
    static final long NEVER = Long.MAX_VALUE;

    /** {@link #expiresAtMillis} of a message that expires unless a consumer takes it when it arrives. */
    static final long AT_ONCE = 0;

    long ordinal;
    long sequence;
    int bodyBytes;
    /** Whether it survives a restart, and so whether settling it is written to the log. */
    boolean durable;

    long expiresAtMillis = NEVER;

    void copyFrom(Entry other) {
        ordinal = other.ordinal;
        sequence = other.sequence;
        bodyBytes = other.bodyBytes;
        durable = other.durable;
        expiresAtMillis = other.expiresAtMillis;
    }
}
