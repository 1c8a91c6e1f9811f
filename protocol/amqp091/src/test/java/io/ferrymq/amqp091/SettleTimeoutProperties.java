package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.Settlement;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The timeout against a table of when each delivery was made. */
class SettleTimeoutProperties {
    private static final long LOOK_MILLIS = 100;
    /** Without room for a mark of each look, a delivery may count from a later one. */
    private static final long LATE_MILLIS_MAX = 4 * LOOK_MILLIS;

    private record Open(long timeoutMillis, long madeMillis) implements DeliverySource, Holder {
        @Override
        public DeliverySource source() {
            return this;
        }
    }

    private UnsettledWindow window = new UnsettledWindow();
    private final TreeMap<Long, Open> made = new TreeMap<>();

    @Property(tries = 300)
    void isNeverNoticedTooEarlyAndSoonEnough(@ForAll long seed) {
        window = new UnsettledWindow();
        made.clear();
        Random random = new Random(seed);
        long[] timeouts = {500, 1_000, DeliverySource.NO_TIMEOUT};
        SettleTimeout timeout = new SettleTimeout(2_000);
        for (long millis : timeouts) {
            timeout.expect(millis);
        }
        long tag = 0;
        long nowMillis = 1_000_000;
        for (int look = 0; look < 300; look++) {
            long end = nowMillis + LOOK_MILLIS;
            while (nowMillis < end) {
                nowMillis = Math.min(end, nowMillis + random.nextInt(40));
                if (random.nextBoolean()) {
                    add(++tag, new Open(timeouts[random.nextInt(timeouts.length)], nowMillis));
                } else if (random.nextInt(3) > 0) {
                    settleSome(random);
                }
            }
            check(timeout.look(window, tag, nowMillis), nowMillis);
        }
    }

    /** A holder that counts how often its timeout is asked for. */
    private static final class Counting implements DeliverySource, Holder {
        private int asked;

        @Override
        public DeliverySource source() {
            return this;
        }

        @Override
        public long timeoutMillis() {
            asked++;
            return 3_600_000;
        }
    }

    @Example
    void oneShortTimeoutDoesNotMakeEveryLookGoThroughWhatMayWaitForLong() {
        SettleTimeout timeout = new SettleTimeout(3_600_000);
        timeout.expect(1_000);
        Counting patient = new Counting();
        long tag = 0;
        for (int i = 0; i < 10_000; i++) {
            window.add(++tag, 0, 0, patient);
        }
        long nowMillis = 1_000_000;
        for (int look = 0; look < 200; look++) {
            Open hasty = new Open(1_000, nowMillis);
            window.add(++tag, 0, 0, hasty);
            assertThat(timeout.look(window, tag, nowMillis)).isEqualTo(SettleTimeout.NONE);
            window.takeOne(tag, Settlement.ACCEPT, (_, _, _, _, _) -> {});
            nowMillis += LOOK_MILLIS;
        }
        assertThat(patient.asked).isLessThan(50_000);
        window.add(++tag, 0, 0, new Open(1_000, nowMillis));
        assertThat(timeout.look(window, tag, nowMillis)).isEqualTo(SettleTimeout.NONE);
        assertThat(timeout.look(window, tag, nowMillis + 1_000)).isEqualTo(1_000);
    }

    private void add(long tag, Open delivery) {
        made.put(tag, delivery);
        window.add(tag, 0, 0, delivery);
    }

    private void settleSome(Random random) {
        if (!made.isEmpty()) {
            Long tag = random.nextBoolean() ? made.firstKey() : made.floorKey(1 + random.nextLong(made.lastKey()));
            take(tag == null ? made.firstKey() : tag);
        }
    }

    private void take(long tag) {
        made.remove(tag);
        assertThat(window.takeOne(tag, Settlement.ACCEPT, (_, _, _, _, _) -> {}))
                .isTrue();
    }

    private void check(long overdueMillis, long nowMillis) {
        boolean early = overdueMillis != SettleTimeout.NONE;
        for (Map.Entry<Long, Open> delivery : Map.copyOf(made).entrySet()) {
            long allowedMillis = delivery.getValue().timeoutMillis() == DeliverySource.NO_TIMEOUT
                    ? 2_000
                    : delivery.getValue().timeoutMillis();
            long waitedMillis = nowMillis - delivery.getValue().madeMillis();
            if (overdueMillis == SettleTimeout.NONE) {
                assertThat(waitedMillis).isLessThan(allowedMillis + LATE_MILLIS_MAX);
            } else if (waitedMillis >= allowedMillis) {
                early &= allowedMillis != overdueMillis;
                take(delivery.getKey()); // As the end of the channel would.
            }
        }
        assertThat(early).isFalse();
    }
}
