package io.ferrymq.broker.routing;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.within;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsistentHashExchangeTest {
    private static final int KEYS = 20_000;
    private static final Resource SELF = Resource.exchange("h", "/");

    private final Plan plan = new Plan();
    private final Exchange exchange = plan.exchange(ExchangeType.CONSISTENT_HASH, "h");

    @Test
    void withoutRoutesItRoutesNowhere() {
        assertThat(plan.route(exchange, "key")).isEmpty();
    }

    @Test
    void queuesShareTheKeysByTheirWeights() {
        plan.bind(exchange, "one", "1");
        plan.bind(exchange, "two", "2");
        plan.bind(exchange, "five", "5");

        Map<String, Integer> counts = new HashMap<>();
        for (String place : placements().values()) {
            counts.merge(place, 1, Integer::sum);
        }

        assertThat(share(counts, "one")).isCloseTo(1 / 8.0, within(0.01));
        assertThat(share(counts, "two")).isCloseTo(2 / 8.0, within(0.01));
        assertThat(share(counts, "five")).isCloseTo(5 / 8.0, within(0.01));
    }

    @Test
    void aNewQueueTakesKeysOnlyForItself() {
        bindTen();
        Map<String, String> before = placements();

        plan.bind(exchange, "new", "1");

        placements().forEach((key, place) -> assertThat(place).isIn(before.get(key), "new"));
    }

    @Test
    void aQueueThatGoesGivesItsKeysToTheOthersAndNoOtherKeyMoves() {
        List<Route> routes = bindTen();
        Map<String, String> before = placements();

        plan.table.unbind(exchange, routes.get(3));

        placements().forEach((key, place) -> {
            if (!"q3".equals(before.get(key))) {
                assertThat(place).isEqualTo(before.get(key));
            }
        });
    }

    @Test
    void placesDependOnTheSetOfQueuesOnly() {
        bindTen();
        Plan other = new Plan();
        Exchange twin = other.exchange(ExchangeType.CONSISTENT_HASH, "twin");
        for (int i = 9; i >= 0; i--) {
            other.bind(twin, "q" + i, "1");
        }

        placements().forEach((key, place) -> assertThat(other.route(twin, key)).containsExactly(place));
    }

    @Test
    void placesAreTheSameInEveryProcess() {
        bindTen();

        assertThat(List.of("a", "b", "c", "order.1", "ä"))
                .map(key -> plan.route(exchange, key).getFirst())
                .containsExactly("q4", "q4", "q0", "q8", "q9");
    }

    @Test
    void aQueueBoundTwiceCountsWithItsLargestWeight() {
        plan.bind(exchange, "twice", "1");
        plan.bind(exchange, "twice", "3");
        plan.bind(exchange, "other", "3");

        Map<String, Integer> counts = new HashMap<>();
        placements().values().forEach(place -> counts.merge(place, 1, Integer::sum));

        assertThat(share(counts, "twice")).isCloseTo(0.5, within(0.01));
    }

    @Test
    void hashHeaderReplacesTheRoutingKey() {
        Exchange byHeader = plan.exchange(ExchangeType.CONSISTENT_HASH, "byHeader", Map.of("hash-header", "customer"));
        for (int i = 0; i < 10; i++) {
            plan.bind(byHeader, "q" + i, "1");
        }

        String seven = plan.route(byHeader, letter("k1", Map.of("customer", 7), Map.of()))
                .getFirst();

        assertThat(plan.route(byHeader, letter("k2", Map.of("customer", 7L), Map.of())))
                .containsExactly(seven);
        assertThat(placesOf(byHeader, i -> letter("k", Map.of("customer", i), Map.of())))
                .hasSize(10);
        assertThat(placesOf(byHeader, i -> letter("k" + i, Map.of(), Map.of()))).hasSize(1);
    }

    @Test
    void hashPropertyReplacesTheRoutingKey() {
        Exchange byProperty =
                plan.exchange(ExchangeType.CONSISTENT_HASH, "byProperty", Map.of("hash-property", "message_id"));
        for (int i = 0; i < 10; i++) {
            plan.bind(byProperty, "q" + i, "1");
        }

        assertThat(placesOf(byProperty, i -> letter("k", Map.of(), Map.of("message_id", "m" + i))))
                .hasSize(10);
        assertThat(placesOf(byProperty, i -> letter("k" + i, Map.of(), Map.of("message_id", "m"))))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1.5"})
    void refusesKeysThatAreNoNumber(String key) {
        assertKeyRefused(key, new ValueProblem.WrongType(ValueProblem.ArgumentType.INTEGER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "-99999999999999999999"})
    void refusesKeysThatAreTooSmallAWeight(String key) {
        assertKeyRefused(key, new ValueProblem.TooSmall(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10001", "99999999999", "99999999999999999999"})
    void refusesKeysThatAreTooLargeAWeight(String key) {
        assertKeyRefused(key, new ValueProblem.TooLarge(10_000));
    }

    private void assertKeyRefused(String key, ValueProblem problem) {
        assertThat(refusal(() -> exchange.requireBindable(SELF, key, Map.of())))
                .isEqualTo(new Refusal.InvalidArgument(SELF, "routing_key", key, problem));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "20", "10000"})
    void acceptsKeysThatAreAWeight(String key) {
        assertThatNoException().isThrownBy(() -> exchange.requireBindable(SELF, key, Map.of()));
    }

    @Test
    void refusesToHashTwoThings() {
        assertThat(declareRefusal(Map.of("hash-header", "h", "hash-property", "message_id")))
                .isEqualTo(new Refusal.InvalidArgument(
                        SELF, "hash-property", "message_id", new ValueProblem.Excludes("hash-header")));
    }

    @Test
    void refusesPropertiesThatCannotBeHashed() {
        assertThat(declareRefusal(Map.of("hash-property", "app_id")))
                .isEqualTo(new Refusal.InvalidArgument(
                        SELF,
                        "hash-property",
                        "app_id",
                        new ValueProblem.NotOneOf(List.of("correlation_id", "message_id", "timestamp"))));
    }

    @Test
    void refusesNamesThatAreNotText() {
        assertThat(declareRefusal(Map.of("hash-header", 1)))
                .isEqualTo(new Refusal.InvalidArgument(
                        SELF, "hash-header", 1, new ValueProblem.WrongType(ValueProblem.ArgumentType.TEXT)));
    }

    private List<Route> bindTen() {
        return IntStream.range(0, 10)
                .mapToObj(i -> plan.bind(exchange, "q" + i, "1"))
                .toList();
    }

    private Map<String, String> placements() {
        Map<String, String> places = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            places.put("key-" + i, plan.route(exchange, "key-" + i).getFirst());
        }
        return places;
    }

    private Set<String> placesOf(Exchange start, IntFunction<Letter> letters) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> plan.route(start, letters.apply(i)).getFirst())
                .collect(Collectors.toSet());
    }

    private static double share(Map<String, Integer> counts, String place) {
        return counts.getOrDefault(place, 0) / (double) KEYS;
    }

    private static Letter letter(String key, Map<String, @Nullable Object> headers, Map<String, String> properties) {
        return new Letter(key, List.of(), headers, properties);
    }

    private static Refusal declareRefusal(Map<String, @Nullable Object> arguments) {
        return refusal(() -> ExchangeType.CONSISTENT_HASH.requireDeclarable(SELF, arguments));
    }
}
