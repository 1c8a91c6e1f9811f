package io.ferrymq.broker.shard;

/** The types of a shard's log records. A number never changes its meaning. */
final class RecordType {
    /** A message and the durable queues that it was put into: {@link io.ferrymq.broker.message.MessageRecord}. */
    static final byte PUBLISH = 1;

    /** Messages that left their queues: {@code io.ferrymq.broker.queue.PendingSettles}. */
    static final byte SETTLE = 2;

    /** A change of what exists: {@link io.ferrymq.broker.topology.TopologyCommand}. */
    static final byte TOPOLOGY = 3;

    /** A change of who may: {@link io.ferrymq.broker.access.AccessCommand}. */
    static final byte ACCESS = 4;

    /**
     * A delivery that came back: varint queue number, varint sequence, varint failures so far; and only if the message
     * rests, varint until when, ms since 1970.
     */
    static final byte FAILURE = 5;

    /** A message that waits for its time at an exchange: {@link io.ferrymq.broker.timer.DelayRecord}. */
    static final byte DELAY = 6;

    /** A message waits no more, and no other record says so: varint sequence of its DELAY or HOLD, varint due. */
    static final byte DELAY_END = 7;

    /** A message that waits for its time at a queue: {@link io.ferrymq.broker.timer.DelayRecord}. */
    static final byte HOLD = 8;

    /** Nothing waits for its time at a queue any more: text virtual host, varint queue number. */
    static final byte HOLD_PURGE = 9;

    /** Tasks that shall not run: {@link io.ferrymq.broker.celery.Revocations}. */
    static final byte REVOKE = 10;

    /** A message that cannot be read leaves its place for an error list: {@link Damage}. */
    static final byte SET_ASIDE = 11;

    /** Messages leave an error list: {@link Damage}. */
    static final byte SET_ASIDE_DROP = 12;

    /** What time it is, and that what queues hold has moved with it: {@link Timeline}. */
    static final byte TIME = 13;

    /** A message that is still to be written for many places: {@link io.ferrymq.broker.timer.DelayRecord}. */
    static final byte SPREAD = 14;

    private RecordType() {}
}
