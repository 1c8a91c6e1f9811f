package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.BasicFrames;

/**
 * The publishes of a channel in confirm mode that have not been answered, in order (RabbitMQ's publisher confirms).
 * Each is one number in a ring: the log sequence that must be durable first. Answers are strictly in the order of the
 * publishes, so that neighbours with the same answer share one frame with {@code multiple} set.
 *
 * <p>Thread contract: the connection's lane. Nothing is allocated for a message.
 */
final class Confirms {
    private static final long REJECTED = -1;
    private static final int CAPACITY_MIN = 16;
    /** A larger ring is given up when nothing is unanswered. */
    private static final int IDLE_CAPACITY_MAX = 1_024;

    private static final int FRAME_BYTES = 21;

    private long[] gates = new long[CAPACITY_MIN];
    private long firstTag = 1;
    private long nextTag = 1;
    private long highestGate;

    /** A queue took it, or nobody wanted it; it may be confirmed once {@code durableAt} is durable, which may be now. */
    void published(long durableAt) {
        add(durableAt);
        highestGate = Math.max(highestGate, durableAt);
    }

    /** A queue refused it. */
    void rejected() {
        add(REJECTED);
    }

    private void add(long gate) {
        if (nextTag - firstTag == gates.length) {
            grow();
        }
        gates[slot(nextTag++)] = gate;
    }

    /** Publishes that are not answered. */
    long count() {
        return nextTag - firstTag;
    }

    /** What the ring takes. */
    long memoryBytes() {
        return (long) gates.length * Long.BYTES;
    }

    boolean isEmpty() {
        return firstTag == nextTag;
    }

    /** The log sequence that the last of them waits for. */
    long highestGate() {
        return highestGate;
    }

    /** Answers the oldest ones as far as {@code durable} allows. */
    void answer(long durable, int channel, OutboundBuffer out) {
        while (firstTag != nextTag && gates[slot(firstTag)] <= durable) {
            answerRun(durable, channel, out);
        }
        if (isEmpty() && gates.length > IDLE_CAPACITY_MAX) {
            gates = new long[CAPACITY_MIN];
        }
    }

    /** Answers the longest run of equal answers from the oldest on. */
    private void answerRun(long durable, int channel, OutboundBuffer out) {
        boolean rejected = gates[slot(firstTag)] == REJECTED;
        long last = firstTag;
        while (last + 1 != nextTag && isSame(gates[slot(last + 1)], rejected, durable)) {
            last++;
        }
        boolean multiple = last != firstTag;
        if (rejected) {
            BasicFrames.nack(out.buffer(FRAME_BYTES), channel, last, multiple);
        } else {
            BasicFrames.ack(out.buffer(FRAME_BYTES), channel, last, multiple);
        }
        firstTag = last + 1;
    }

    private static boolean isSame(long gate, boolean rejected, long durable) {
        return gate <= durable && (gate == REJECTED) == rejected;
    }

    private int slot(long tag) {
        return (int) tag & (gates.length - 1);
    }

    private void grow() {
        long[] old = gates;
        gates = new long[old.length * 2];
        for (long tag = firstTag; tag != nextTag; tag++) {
            gates[slot(tag)] = old[(int) tag & (old.length - 1)];
        }
    }
}
