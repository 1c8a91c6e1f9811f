package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of routing in many virtual hosts has one limit. */
final class RouteCacheBytesTest {
    private static final int KEYS = 6_000;

    private final RouteCacheBytes bytes = new RouteCacheBytes();
    private final Exchange exchange = new Plan().exchange(ExchangeType.DIRECT, "d");
    private final Destination[] found = new Destination[RouteCache.DESTINATIONS_MAX];

    private void fill(RouteCache cache, int destinations, int keyLength) {
        Arrays.fill(found, new Stop("q"));
        for (int i = 0; i < KEYS; i++) {
            String number = Integer.toString(i);
            String key = "k".repeat(keyLength - number.length()) + number;
            cache.offer(exchange, key, found, destinations);
            cache.offer(exchange, key, found, destinations);
        }
    }

    @Test
    void largeResultsAreCountedAndGivenBack() {
        RouteCache cache = new RouteCache(bytes);
        fill(cache, RouteCache.DESTINATIONS_MAX, 250);
        assertThat(bytes.bytes()).isGreaterThan(cache.entryCount() * (250L + 4L * RouteCache.DESTINATIONS_MAX));
        long large = bytes.bytes();
        fill(cache, 0, 10);
        assertThat(bytes.bytes()).isLessThan(large);
        cache.drop();
        assertThat(bytes.bytes()).isZero();
        assertThat(cache.entryCount()).isZero();
    }

    @Test
    void allTogetherKeepNoMoreThanTheLimit() {
        List<RouteCache> caches = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            RouteCache cache = new RouteCache(bytes);
            caches.add(cache);
            fill(cache, RouteCache.DESTINATIONS_MAX, 250);
            assertThat(bytes.bytes()).isLessThanOrEqualTo(RouteCacheBytes.BYTES_MAX);
        }
        assertThat(caches.getFirst().entryCount()).isPositive();
        assertThat(caches.getLast().entryCount()).isZero();
        caches.forEach(RouteCache::drop);
        assertThat(bytes.bytes()).isZero();
        fill(caches.getLast(), 1, 10);
        assertThat(caches.getLast().entryCount()).isPositive();
    }
}
