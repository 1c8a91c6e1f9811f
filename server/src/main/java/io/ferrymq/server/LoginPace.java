package io.ferrymq.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Slows down those who guess passwords: after a few failures the next attempts from an address, or with a name, take turns
 * before they are looked at, however many connections they come on.
 *
 * <p>Thread contract: the lane.
 *
 * <pre>
 * an address and a name that have logged in together, with few failures since  at once, whatever else its address does
 * an address with many failures   one attempt after the other, with growing gaps; whose turn is far away is refused unseen
 * a name with many failures       the same, but nobody waits for longer than a moment: a name cannot be locked
 * </pre>
 *
 * Failures are forgiven as time passes. An IPv6 address counts by its network of 64 bits, which one client has for itself.
 * All tables are bounded; what was used least recently is forgotten.
 */
final class LoginPace {
    /** In place of a time to wait: refuse, and do not look at the password. */
    static final long REFUSE = -1;

    private static final int FREE_FAILURES = 5;
    private static final int FORGIVE_MILLIS = 5_000;
    private static final int GAP_MILLIS_MIN = 125;
    private static final int GAP_MILLIS_MAX = 1_000;
    private static final int ADDRESS_WAIT_MILLIS_MAX = 4_000;
    private static final int NAME_WAIT_MILLIS_MAX = 1_000;
    private static final int ENTRIES_MAX = 4_096;
    private static final int NETWORK_BYTES = 8;
    /** Names that begin with the same so many characters count as one: what a client sends before it is in may be long. */
    private static final int NAME_MAX = 255;

    /** Attempts of one address, of one name, or of both together. */
    private static final class Trail {
        private int failures;
        private long forgivenMillis;
        private long nextMillis;

        void failed(long nowMillis) {
            forgive(nowMillis);
            failures++;
        }

        private void forgive(long nowMillis) {
            if (failures == 0) {
                forgivenMillis = nowMillis;
            }
            long forgiven = Math.min(failures, (nowMillis - forgivenMillis) / FORGIVE_MILLIS);
            failures -= (int) forgiven;
            forgivenMillis += forgiven * FORGIVE_MILLIS;
        }

        boolean isSuspect(long nowMillis) {
            forgive(nowMillis);
            return failures >= FREE_FAILURES;
        }

        long waitMillis(long nowMillis) {
            return isSuspect(nowMillis) ? Math.max(0, nextMillis - nowMillis) : 0;
        }

        void takeTurn(long nowMillis) {
            if (isSuspect(nowMillis)) {
                int doublings = Math.min(8, failures - FREE_FAILURES);
                long gap = Math.min(GAP_MILLIS_MAX, (long) GAP_MILLIS_MIN << doublings);
                nextMillis = Math.max(nowMillis, nextMillis) + gap;
            }
        }
    }

    private final LongSupplier nowMillis;
    private final Map<String, Trail> byAddress = bounded();
    private final Map<String, Trail> byName = bounded();
    private final Map<String, Trail> trusted = bounded();

    /** {@code nowMillis} is any clock that only goes forward. */
    LoginPace(LongSupplier nowMillis) {
        this.nowMillis = nowMillis;
    }

    private static Map<String, Trail> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Trail> eldest) {
                return size() > ENTRIES_MAX;
            }
        };
    }

    /** How long an attempt has to wait until it is looked at; {@link #REFUSE} if it is not at all. */
    long delayMillis(String given, InetAddress from) {
        String name = beginning(given);
        long now = nowMillis.getAsLong();
        String address = key(from);
        Trail pair = trusted.get(pair(address, name));
        if (pair != null && !pair.isSuspect(now)) {
            return 0;
        }
        @Nullable Trail place = byAddress.get(address);
        @Nullable Trail person = byName.get(name);
        long placeMillis = place == null ? 0 : place.waitMillis(now);
        if (placeMillis > ADDRESS_WAIT_MILLIS_MAX) {
            return REFUSE;
        }
        long personMillis = person == null ? 0 : Math.min(NAME_WAIT_MILLIS_MAX, person.waitMillis(now));
        takeTurn(place, now);
        if (personMillis < NAME_WAIT_MILLIS_MAX) {
            takeTurn(person, now);
        }
        return Math.max(placeMillis, personMillis);
    }

    private static void takeTurn(@Nullable Trail trail, long now) {
        if (trail != null) {
            trail.takeTurn(now);
        }
    }

    /** The password was wrong, or the name. */
    void failed(String given, InetAddress from) {
        String name = beginning(given);
        long now = nowMillis.getAsLong();
        String address = key(from);
        byAddress.computeIfAbsent(address, first -> new Trail()).failed(now);
        byName.computeIfAbsent(name, first -> new Trail()).failed(now);
        Trail pair = trusted.get(pair(address, name));
        if (pair != null) {
            pair.failed(now);
        }
    }

    /** The client is in. */
    void succeeded(String given, InetAddress from) {
        trusted.put(pair(key(from), beginning(given)), new Trail());
    }

    private static String beginning(String name) {
        return name.length() <= NAME_MAX ? name : name.substring(0, NAME_MAX);
    }

    private static String pair(String address, String name) {
        return address + ' ' + name;
    }

    private static String key(InetAddress from) {
        return from instanceof Inet6Address wide
                ? Arrays.toString(Arrays.copyOf(wide.getAddress(), NETWORK_BYTES))
                : from.getHostAddress();
    }
}
