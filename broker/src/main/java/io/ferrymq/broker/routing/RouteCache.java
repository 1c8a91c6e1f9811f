package io.ferrymq.broker.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Results of routing by exchange and key, so that a hot publish is one look-up. Emptied whenever bindings or exchanges
 * change.
 *
 * <p>A fixed number of slots; an exchange and a key have one slot, and a newcomer takes it over. A result is kept at the
 * second miss in a row, so that keys which come once neither cost memory nor push out those that come often. Results
 * of more than {@link #DESTINATIONS_MAX} destinations are not kept: finding them is cheap beside delivering to them.
 */
final class RouteCache {
    static final int SLOTS = 4096;
    static final int DESTINATIONS_MAX = 64;

    /** The two tables of slots. */
    private static final int TABLE_BYTES = SLOTS * (Integer.BYTES + Integer.BYTES) + 32;

    /** An entry, its array and its key, beside what grows with them. */
    private static final int ENTRY_BYTES = 104;

    private static final Destination[] NOWHERE = {};

    private final RouteCacheBytes memory;

    private @Nullable Entry[] entries = {};
    private int[] missedHashes = {};
    private int entryCount;
    private long entryBytes;

    /** {@code memory} counts what this cache takes, with others. */
    RouteCache(RouteCacheBytes memory) {
        this.memory = memory;
    }

    /** The kept result, which nobody may change; null if there is none. */
    Destination @Nullable [] find(Exchange exchange, String key) {
        if (entryCount == 0) {
            return null;
        }
        Entry entry = entries[hash(exchange, key) & (SLOTS - 1)];
        boolean hit = entry != null && entry.exchange == exchange && entry.key.equals(key);
        return hit ? entry.destinations : null;
    }

    /** Offers the first {@code count} elements of {@code destinations}, as found after {@link #find} found nothing. */
    void offer(Exchange exchange, String key, Destination[] destinations, int count) {
        if (count > DESTINATIONS_MAX) {
            return;
        }
        if (missedHashes.length == 0) {
            if (!memory.hasRoom(TABLE_BYTES)) {
                return;
            }
            memory.add(TABLE_BYTES);
            entries = new @Nullable Entry[SLOTS];
            missedHashes = new int[SLOTS];
        }
        int hash = hash(exchange, key);
        int slot = hash & (SLOTS - 1);
        if (missedHashes[slot] != hash) {
            missedHashes[slot] = hash;
            return;
        }
        Entry old = entries[slot];
        long growth = bytesOf(key, count) - (old == null ? 0 : bytesOf(old.key, old.destinations.length));
        if (!memory.hasRoom(growth)) {
            return;
        }
        if (old == null) {
            entryCount++;
        }
        memory.add(growth);
        entryBytes += growth;
        entries[slot] = new Entry(exchange, key, count == 0 ? NOWHERE : Arrays.copyOf(destinations, count));
    }

    private static long bytesOf(String key, int destinations) {
        return ENTRY_BYTES + (long) Character.BYTES * key.length() + (long) Integer.BYTES * destinations;
    }

    /** Forgets all results, and with them every reference to exchanges and destinations. */
    void clear() {
        if (entryCount > 0) {
            Arrays.fill(entries, null);
            entryCount = 0;
            memory.add(-entryBytes);
            entryBytes = 0;
        }
    }

    /** Forgets all results, and the tables that they stand in. */
    void drop() {
        clear();
        if (missedHashes.length > 0) {
            entries = new @Nullable Entry[0];
            missedHashes = new int[0];
            memory.add(-TABLE_BYTES);
        }
    }

    int entryCount() {
        return entryCount;
    }

    private static int hash(Exchange exchange, String key) {
        int hash = (exchange.name().hashCode() * 31 + key.hashCode()) * 0x9E3779B9;
        return hash ^ (hash >>> 16);
    }

    private static final class Entry {
        private final Exchange exchange;
        private final String key;
        private final Destination[] destinations;

        private Entry(Exchange exchange, String key, Destination[] destinations) {
            this.exchange = exchange;
            this.key = key;
            this.destinations = destinations;
        }
    }
}
