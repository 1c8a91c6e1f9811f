package io.ferrymq.broker.simulation;

import io.ferrymq.broker.message.Publication;
import java.util.HashMap;
import java.util.Map;
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
    /** Until when it rests if it failed so often. */
    private final Map<Integer, Long> restsByFailures = new HashMap<>();

    /** Its place among all that ever came to its queue. */
    private final long arrival;

    Copy(Published message, ModelQueue queue, @Nullable ModelQueue source) {
        this.message = message;
        this.queue = queue;
        this.source = source;
        this.arrival = queue.arrivals++;
    }

    /** In a queue with two classes, those above priority 4 are the higher one. */
    int level() {
        int priority = queue.hasTwoClasses() ? message.priority / 5 : message.priority;
        return Math.min(priority, queue.maxPriority);
    }

    /** Whether it goes first if both wait. */
    boolean isBefore(Copy other) {
        boolean cameFirst = arrival < other.arrival;
        if (queue.hasTwoClasses()) {
            return cameFirst && level() >= other.level();
        }
        return level() > other.level() || (level() == other.level() && cameFirst);
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

    /** It came back, for the {@link #failuresMin}-th time. */
    void restsUntil(long millis) {
        restsByFailures.put(failuresMin, millis);
    }

    /** Until when it rests; only if it is known how often it failed. */
    long restsUntilMillis() {
        return restsByFailures.getOrDefault(failuresMin, 0L);
    }

    /** Whether it may be resting, for all that is known since everything was last still. */
    boolean mayRest() {
        return restsByFailures.values().stream().anyMatch(until -> until > queue.stillAtMillis);
    }

    boolean expired(long nowMillis) {
        return ttlMillis() != Publication.NEVER && message.atMillis + ttlMillis() <= nowMillis;
    }

    /** Whether it has expired, or had before the time had to go on from an earlier moment. */
    boolean mayHaveExpired(long nowMillis) {
        return expired(queue.latestMillis(nowMillis));
    }

    /** Whether its queue may have dropped it because newer ones came. */
    boolean mayBeDropped() {
        boolean inAnyOrder = queue.maxPriority > 0 || queue.rest.isPossible();
        long behind = inAnyOrder ? queue.arrivals : queue.arrivals - arrival;
        return queue.dropsHead() && behind > queue.maxLength;
    }

    /** Whether the terms of its queue let it go without a client's doing. */
    boolean mayHaveLeft(long nowMillis) {
        return mayHaveExpired(nowMillis) || mayBeDropped();
    }

    @Override
    public String toString() {
        return message + " in " + queue.name + (source == null ? "" : ", dead in " + source.name) + ", " + state
                + (certain ? ", certain" : "") + (stateCertain ? ", for good" : "");
    }
}
