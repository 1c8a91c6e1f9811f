package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What it takes to find a message's destinations is counted, and does not grow with keys times routes. */
class RoutingStepsTest {
    private static final int ROUTES = 1_000;
    private static final int KEYS = 4_000;
    private static final Letter MANY_KEYS =
            new Letter("k0", IntStream.range(1, KEYS).mapToObj(i -> "k" + i % 2).toList(), Map.of(), Map.of());

    private final Plan plan = new Plan();

    private Exchange bound(ExchangeType type, String key) {
        Exchange exchange = plan.exchange(type, type.name());
        for (int i = 0; i < ROUTES; i++) {
            plan.bind(exchange, "q" + i, key);
        }
        return exchange;
    }

    @Test
    void aRouteIsFollowedOnceHoweverManyKeysLeadThere() {
        for (ExchangeType type : List.of(ExchangeType.DIRECT, ExchangeType.TOPIC)) {
            Exchange exchange = bound(type, "k1");
            assertThat(plan.route(exchange, MANY_KEYS)).hasSize(ROUTES);
            assertThat(plan.steps()).isLessThan(100L * KEYS + 10L * ROUTES);
        }
    }

    @Test
    void aRouteThatManyPatternsMatchIsFollowedOnce() {
        assertThat(plan.route(bound(ExchangeType.TOPIC, "#"), MANY_KEYS)).hasSize(ROUTES);
        assertThat(plan.steps()).isLessThan(100L * KEYS + 10L * ROUTES);
    }

    @Test
    void routesThatAreFollowedCount() {
        plan.route(bound(ExchangeType.FANOUT, ""), "k");
        assertThat(plan.steps()).isGreaterThanOrEqualTo(ROUTES);
    }

    @Test
    void drawsCount() {
        plan.route(bound(ExchangeType.CONSISTENT_HASH, "1"), "k");
        assertThat(plan.steps()).isGreaterThanOrEqualTo(ROUTES);
    }

    @Test
    void conditionsThatAreAskedCount() {
        Exchange headers = plan.exchange(ExchangeType.HEADERS, "h");
        for (int i = 0; i < ROUTES; i++) {
            plan.bind(headers, "q" + i, "", Map.of("x-match", "any", "shared", 1, "own" + i, i));
        }
        assertThat(plan.route(headers, Letter.with(Map.of("shared", 1)))).hasSize(ROUTES);
        assertThat(plan.steps()).isGreaterThanOrEqualTo(ROUTES);
    }

    @Test
    void statesThatAreReachedCount() {
        Exchange topic = plan.exchange(ExchangeType.TOPIC, "t");
        for (int i = 0; i < ROUTES; i++) {
            plan.bind(topic, "q" + i, "#.a.".repeat(30) + i);
        }
        assertThat(plan.route(topic, "a.".repeat(100) + "1")).containsExactly("q1");
        assertThat(plan.steps()).isGreaterThanOrEqualTo(100L * 30 * ROUTES / Long.SIZE);
    }

    @Test
    void aResultThatIsKnownTakesNone() {
        Exchange direct = bound(ExchangeType.DIRECT, "others");
        plan.bind(direct, "q", "k");
        plan.route(direct, "k");
        plan.route(direct, "k");
        plan.route(direct, "k");
        assertThat(plan.steps()).isZero();
    }
}
