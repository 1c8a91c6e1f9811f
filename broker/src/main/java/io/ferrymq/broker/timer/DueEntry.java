package io.ferrymq.broker.timer;

/** One delayed message as the timetable knows it. A mutable slot that readers reuse. */
public final class DueEntry {
    /** When it is due, milliseconds since 1970. */
    public long dueMillis;

    /** The log's number of the record that holds it. */
    public long sequence;

    /** The number of the exchange or queue that holds it. */
    public int holder;

    /** Whether it outlives a restart. */
    public boolean durable;

    void set(long dueMillis, long sequence, int holder, boolean durable) {
        this.dueMillis = dueMillis;
        this.sequence = sequence;
        this.holder = holder;
        this.durable = durable;
    }

    /** What it says now, in an object of its own. */
    public DueEntry copy() {
        DueEntry copy = new DueEntry();
        copy.set(dueMillis, sequence, holder, durable);
        return copy;
    }
}
