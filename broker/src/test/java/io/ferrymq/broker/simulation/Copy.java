package io.ferrymq.broker.simulation;

import io.ferrymq.broker.message.Publication;
import org.jspecify.annotations.Nullable;

/** One message in one queue, as far as clients can know. */
final class Copy {
    /** What clients last saw or did. */
    enum State {
        /** In the queue, unless its terms made it leave. */
        READY,
        /** At a consumer that has not answered. */
        OUT,
        /** Accepted, purged, or dead in a queue that forgets its dead. */
        SETTLED,
        /** Dead, and so on its way to the graveyard. */
        DEAD
    }

    final Published message;
    final ModelQueue queue;
    /** For a dead letter: the queue that it died in. */
    final @Nullable ModelQueue source;

    State state = State.READY;
    /** Whether nothing may change {@link #state} back: what led to it is on disk. */
    boolean stateCertain;
    /** Whether the client knows that the message is here, so that only its answer or the terms may take it away. */
    boolean certain;

    /** Whether it may be in the queue, too old to be seen: its answer may be lost, but it has expired. */
    boolean doubtful;

    boolean delivered;
    int failuresMin;
    int failuresMax;
    int failuresCertain;
    /** Its place among all that ever came to its queue. */
    private final long arrival;

    Copy(Published message, ModelQueue queue, @Nullable ModelQueue source) {
        this.message = message;
        this.queue = queue;
        this.source = source;
        this.arrival = queue.arrivals++;
    }

    int level() {
        return Math.min(message.priority, queue.maxPriority);
    }

    long arrival() {
        return arrival;
    }

    /** Whether power loss leaves it where it is. */
    boolean survives() {
        return queue.keeps(message);
    }

    /** How long it lives; {@link Publication#NEVER} for as long as it takes. */
    long ttlMillis() {
        if (source != null) {
            return queue.ttlMillis;
        }
        long own = message.expirationMillis;
        boolean queueIsStricter =
                queue.ttlMillis != Publication.NEVER && (own == Publication.NEVER || queue.ttlMillis < own);
        return queueIsStricter ? queue.ttlMillis : own;
    }

    boolean expired(long nowMillis) {
        return ttlMillis() != Publication.NEVER && message.atMillis + ttlMillis() <= nowMillis;
    }

    /** Whether its queue may have dropped it because newer ones came. */
    boolean mayBeDropped() {
        long behind = queue.maxPriority > 0 ? queue.arrivals : queue.arrivals - arrival;
        return queue.dropsHead() && behind > queue.maxLength;
    }

    /** Whether the terms of its queue let it go without a client's doing. */
    boolean mayHaveLeft(long nowMillis) {
        return expired(nowMillis) || mayBeDropped();
    }

    @Override
    public String toString() {
        return message + " in " + queue.name + (source == null ? "" : ", dead in " + source.name) + ", " + state
                + (certain ? ", certain" : "") + (stateCertain ? ", for good" : "");
    }
}
