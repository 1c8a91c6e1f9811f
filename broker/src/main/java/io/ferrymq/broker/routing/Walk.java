package io.ferrymq.broker.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One message's way through exchanges: which were met and wait their turn, and which destinations were found, each
 * once. Reused from message to message; its arrays grow to the largest result and stay. It counts what finding them takes,
 * in steps of about a nanosecond.
 */
final class Walk {
    private long number;
    private Destination[] found = new Destination[8];
    private int foundCount;
    private Exchange[] pending = new Exchange[4];
    private int pendingCount;
    private int routesFollowed;
    private long steps;
    private final List<Exchange> holding = new ArrayList<>();

    /** Forgets the last walk. The number must be new to every exchange and destination that can be met. */
    void begin(long walkNumber) {
        // Deleted queues shall not stay reachable from here.
        Arrays.fill(found, 0, foundCount, null);
        number = walkNumber;
        foundCount = 0;
        pendingCount = 0;
        routesFollowed = 0;
        steps = 0;
        holding.clear();
    }

    /** What was just done took so many steps. */
    void step(long count) {
        steps += count;
    }

    /** Steps since {@link #begin}. */
    long steps() {
        return steps;
    }

    /** Differs from walk to walk. */
    long number() {
        return number;
    }

    void reach(Destination destination) {
        routesFollowed++;
        if (destination.visit(number)) {
            if (foundCount == found.length) {
                found = Arrays.copyOf(found, foundCount * 2);
            }
            found[foundCount++] = destination;
        }
    }

    void enter(Exchange exchange) {
        routesFollowed++;
        if (exchange.visit(number)) {
            if (pendingCount == pending.length) {
                pending = Arrays.copyOf(pending, pendingCount * 2);
            }
            pending[pendingCount++] = exchange;
        }
    }

    /** The message stays at this exchange for now: no alternate gets it. */
    void holdAt(Exchange exchange) {
        routesFollowed++;
        holding.add(exchange);
    }

    /** The exchanges that hold the message; until the next walk. */
    List<Exchange> holding() {
        return holding;
    }

    boolean hasPending() {
        return pendingCount > 0;
    }

    Exchange nextPending() {
        return pending[--pendingCount];
    }

    /** Routes followed since {@link #begin}, those to places visited before included. */
    int routesFollowed() {
        return routesFollowed;
    }

    /** The destinations found; the first {@link #foundCount} elements, until the next walk. */
    Destination[] found() {
        return found;
    }

    int foundCount() {
        return foundCount;
    }
}
