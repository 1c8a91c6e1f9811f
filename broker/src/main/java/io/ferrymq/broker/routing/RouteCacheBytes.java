package io.ferrymq.broker.routing;

/**
 * What the route caches of all virtual hosts take on the heap together, with its limit: at {@value #BYTES_MAX} bytes a cache
 * only replaces results by others that are no larger.
 *
 * <p>Owned by the shard's lane.
 */
public final class RouteCacheBytes {
    static final int BYTES_MAX = 8 << 20;

    private long bytes;

    public long bytes() {
        return bytes;
    }

    boolean hasRoom(long more) {
        return more <= 0 || bytes + more <= BYTES_MAX;
    }

    void add(long change) {
        bytes += change;
    }
}
