package io.ferrymq.broker.simulation;

import java.util.ArrayList;
import java.util.List;

/** One message that a client published, as the client knows it. */
final class Published {
    final int id;
    final boolean persistent;
    final int priority;
    final long expirationMillis;
    final long atMillis;
    final List<Copy> copies = new ArrayList<>();
    /** What the broker said must be durable before a confirm; 0 if nothing. */
    long durableAt;
    /** Whether the client knows that it is on disk: it was confirmed or seen by a consumer. */
    boolean certain;

    Published(int id, boolean persistent, int priority, long expirationMillis, long atMillis) {
        this.id = id;
        this.persistent = persistent;
        this.priority = priority;
        this.expirationMillis = expirationMillis;
        this.atMillis = atMillis;
    }

    @Override
    public String toString() {
        return "message " + id + (persistent ? "" : " (transient)");
    }
}
