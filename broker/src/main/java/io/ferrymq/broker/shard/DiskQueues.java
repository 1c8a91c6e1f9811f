package io.ferrymq.broker.shard;

import io.ferrymq.broker.queue.Queue;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The queues whose next message has to be read from the disk. They take turns as the arm of a disk would: in the order in
 * which their messages lie in the log, from the beginning to the end and again. So queues that were filled together are
 * read together, and a piece of the log that one has brought into memory serves all. Now and then it is the turn of the
 * one that has waited longest, so that a long backlog holds up none behind it. Lane only.
 */
final class DiskQueues {
    /** Every so many turns are for the queue that has waited longest. */
    private static final int OLDEST_EVERY = 8;

    /** A queue and the sequence of its next message; without a queue, a place to look from. */
    private record Place(
            long sequence, long number, @Nullable Queue queue) {}

    private final TreeSet<Place> byPlace =
            new TreeSet<>(Comparator.comparingLong(Place::sequence).thenComparingLong(Place::number));
    private final Set<Place> byAge = new LinkedHashSet<>();
    private long sweptTo;
    private int turns;

    void add(Queue queue, long sequence) {
        Place place = new Place(sequence, queue.number(), queue);
        byPlace.add(place);
        byAge.add(place);
    }

    boolean isEmpty() {
        return byPlace.isEmpty();
    }

    /** Takes the queue whose turn it is; null if there is none. */
    @Nullable Queue poll() {
        if (byPlace.isEmpty()) {
            return null;
        }
        Place next = ++turns % OLDEST_EVERY == 0 ? byAge.iterator().next() : nextPlace();
        byPlace.remove(next);
        byAge.remove(next);
        return next.queue;
    }

    private Place nextPlace() {
        @Nullable Place ahead = byPlace.ceiling(new Place(sweptTo, 0, null));
        Place next = ahead == null ? byPlace.first() : ahead;
        sweptTo = next.sequence;
        return next;
    }
}
