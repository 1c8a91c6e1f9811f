package io.ferrymq.broker.routing;

/**
 * Something that routing can end at: a queue. Routing marks a destination with the number of the current walk, so that
 * each is found once without a set.
 *
 * <p>Owned by the shard's lane.
 */
public abstract class Destination {
    private long walk;
    private boolean unreachable;

    /** Whether this is the first visit in walk number {@code walkNumber}; marks it as visited. */
    final boolean visit(long walkNumber) {
        if (walk == walkNumber) {
            return false;
        }
        walk = walkNumber;
        return true;
    }

    /** Routes that lead here still lead nowhere from now on. */
    final void leave() {
        unreachable = true;
    }

    /** Whether routing has not taken it away. */
    public final boolean isReachable() {
        return !unreachable;
    }

    /** The name that the default exchange finds it under. */
    public abstract String name();
}
