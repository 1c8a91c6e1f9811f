package io.ferrymq.broker.routing;

import java.util.List;

/**
 * Where a message goes: each destination once, in no order. A view that its {@link Router} points at the newest result;
 * it is valid until that router routes again.
 *
 * <p>Owned by the shard's lane.
 */
public final class Destinations {
    private Destination[] destinations = {};
    private int size;
    private List<Exchange> holding = List.of();
    private long steps;

    Destinations() {}

    void point(Destination[] array, int count, List<Exchange> exchanges, long walked) {
        destinations = array;
        size = count;
        holding = exchanges;
        steps = walked;
    }

    /** The exchanges on the way that keep the message for a time, and route it further then; mostly none. */
    public List<Exchange> holding() {
        return holding;
    }

    /** What finding them took, in steps of about a nanosecond; 0 if they were known. */
    public long steps() {
        return steps;
    }

    public int size() {
        return size;
    }

    /** Whether the message cannot be routed. */
    public boolean isEmpty() {
        return size == 0;
    }

    public Destination get(int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        return destinations[index];
    }
}
