package io.ferrymq.broker.simulation;

/** One delayed message, as the client that published it knows it. */
final class Appointment {
    final int id;
    final long dueMillis;
    final boolean persistent;
    /** What the broker said must be durable before a confirm; 0 if nothing. */
    long durableAt;
    /** Whether the client knows that it is on disk. */
    boolean certain;

    boolean received;
    /** Whether it was received, and that cannot be forgotten any more. */
    boolean over;

    Appointment(int id, long dueMillis, boolean persistent) {
        this.id = id;
        this.dueMillis = dueMillis;
        this.persistent = persistent;
    }

    boolean isBefore(Appointment other) {
        return dueMillis < other.dueMillis || (dueMillis == other.dueMillis && id < other.id);
    }

    @Override
    public String toString() {
        return "delayed message " + id + (persistent ? "" : " (transient)") + ", due at " + dueMillis
                + (certain ? ", certain" : "") + (received ? ", received" : "") + (over ? ", for good" : "");
    }
}
