package io.ferrymq.broker.routing;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AMQP 0-9-1, 3.1.3.4: the headers exchange type, with RabbitMQ's further values of x-match. */
class HeadersExchangeTest {
    private final Plan plan = new Plan();
    private final Exchange exchange = plan.exchange(ExchangeType.HEADERS, "h");

    @Test
    void allWantsEveryHeader() {
        bind(Map.of("x-match", "all", "a", 1, "b", "two"));

        assertThat(takes(Map.of("a", 1, "b", "two", "c", true))).isTrue();
        assertThat(takes(Map.of("a", 1))).isFalse();
        assertThat(takes(Map.of("a", 1, "b", "three"))).isFalse();
    }

    @Test
    void allIsMeantWhenNothingIsSaid() {
        bind(Map.of("a", 1, "b", 2));

        assertThat(takes(Map.of("a", 1, "b", 2))).isTrue();
        assertThat(takes(Map.of("a", 1))).isFalse();
    }

    @Test
    void anyWantsOneHeader() {
        bind(Map.of("x-match", "any", "a", 1, "b", 2));

        assertThat(takes(Map.of("b", 2))).isTrue();
        assertThat(takes(Map.of("b", 3))).isFalse();
        assertThat(takes(Map.of())).isFalse();
    }

    @Test
    void headersWithXDoNotCountUnlessAskedFor() {
        bind(Map.of("x-match", "all", "x-kind", "k", "a", 1));

        assertThat(takes(Map.of("a", 1))).isTrue();
    }

    @Test
    void allWithXCountsThem() {
        bind(Map.of("x-match", "all-with-x", "x-kind", "k", "a", 1));

        assertThat(takes(Map.of("a", 1))).isFalse();
        assertThat(takes(Map.of("a", 1, "x-kind", "k"))).isTrue();
    }

    @Test
    void anyWithXCountsThem() {
        bind(Map.of("x-match", "any-with-x", "x-kind", "k", "a", 1));

        assertThat(takes(Map.of("x-kind", "k"))).isTrue();
        assertThat(takes(Map.of("x-match", "any-with-x"))).isFalse();
    }

    @Test
    void nothingAskedForIsAllAndIsNotAny() {
        bind(Map.of());
        assertThat(takes(Map.of("a", 1))).isTrue();

        Exchange other = plan.exchange(ExchangeType.HEADERS, "other");
        plan.bind(other, "q", "", Map.of("x-match", "any"));
        assertThat(plan.route(other, Letter.with(Map.of("a", 1)))).isEmpty();
    }

    @Test
    void anArgumentWithoutValueWantsTheHeaderWithAnyValue() {
        Map<String, @Nullable Object> arguments = new HashMap<>();
        arguments.put("a", null);
        bind(arguments);

        assertThat(takes(Map.of("a", "anything"))).isTrue();
        assertThat(takes(arguments)).isTrue();
        assertThat(takes(Map.of("b", 1))).isFalse();
    }

    @Test
    void theValueDecidesAndNotItsType() {
        bind(Map.of("a", 1));

        assertThat(takes(Map.of("a", 1L))).isTrue();
        assertThat(takes(Map.of("a", 1.0))).isTrue();
        assertThat(takes(Map.of("a", Instant.ofEpochSecond(1)))).isTrue();
        assertThat(takes(Map.of("a", 1.5))).isFalse();
        assertThat(takes(Map.of("a", "1"))).isFalse();
        assertThat(takes(Map.of("a", true))).isFalse();
        assertThat(takes(Map.of("a", new BigDecimal("1")))).isFalse();
    }

    @Test
    void octetsMeetText() {
        bind(Map.of("a", "x", "b", new byte[] {'y'}));

        assertThat(takes(Map.of("a", new byte[] {'x'}, "b", "y"))).isTrue();
        assertThat(takes(Map.of("a", new byte[] {'x'}, "b", new byte[] {(byte) 0xff})))
                .isFalse();
    }

    @Test
    void bothZerosAreOne() {
        bind(Map.of("a", -0.0));

        assertThat(takes(Map.of("a", 0.0))).isTrue();
        assertThat(takes(Map.of("a", 0))).isTrue();
    }

    @Test
    void aLargeNumberMeetsOnlyItself() {
        bind(Map.of("a", 9_007_199_254_740_993L));

        assertThat(takes(Map.of("a", 9_007_199_254_740_993L))).isTrue();
        assertThat(takes(Map.of("a", 9_007_199_254_740_992.0))).isFalse();
    }

    @Test
    void insideListsAndTablesTypesAndOrderCount() {
        bind(Map.of("a", List.of(1, "x"), "b", new LinkedHashMap<>(Map.of("k", 1L))));

        assertThat(takes(Map.of("a", List.of(1, "x"), "b", Map.of("k", 1L)))).isTrue();
        assertThat(takes(Map.of("a", List.of(1L, "x"), "b", Map.of("k", 1L)))).isFalse();
        assertThat(takes(Map.of("a", List.of("x", 1), "b", Map.of("k", 1L)))).isFalse();
        assertThat(takes(Map.of("a", List.of(1, "x"), "b", Map.of("k", 1)))).isFalse();
    }

    @Test
    void anEmptyListIsAnEmptyTable() {
        bind(Map.of("a", List.of()));

        assertThat(takes(Map.of("a", Map.of()))).isTrue();
        assertThat(takes(Map.of("a", List.of(1)))).isFalse();
    }

    @Test
    void aTableTooDeepToBeStoredMeetsNothing() {
        Object deep = 1;
        for (int i = 0; i < 100; i++) {
            deep = List.of(deep);
        }
        bind(Map.of("a", List.of(1)));

        assertThat(takes(Map.of("a", deep))).isFalse();
    }

    @Test
    void unboundConditionIsGone() {
        List<Route> routes = List.of(
                plan.bind(exchange, "q0", "", Map.of("a", 0)),
                plan.bind(exchange, "q1", "", Map.of("a", 1)),
                plan.bind(exchange, "q2", "", Map.of("a", 2)),
                plan.bind(exchange, "q3", "", Map.of("a", 3)));

        plan.table.unbind(exchange, routes.get(1));

        assertThat(plan.route(exchange, Letter.with(Map.of("a", 0)))).containsExactly("q0");
        assertThat(plan.route(exchange, Letter.with(Map.of("a", 1)))).isEmpty();
        assertThat(plan.route(exchange, Letter.with(Map.of("a", 2)))).containsExactly("q2");
        assertThat(plan.route(exchange, Letter.with(Map.of("a", 3)))).containsExactly("q3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "any", "all-with-x", "any-with-x"})
    void acceptsTheFourWaysToMatch(String match) {
        assertThatNoException().isThrownBy(() -> requireBindable(Map.of("x-match", match)));
    }

    @Test
    void refusesOtherWaysToMatch() {
        assertThat(refusal(() -> requireBindable(Map.of("x-match", "some"))))
                .isEqualTo(new Refusal.InvalidArgument(
                        Resource.exchange("h", "/"),
                        "x-match",
                        "some",
                        new ValueProblem.NotOneOf(List.of("all", "any", "all-with-x", "any-with-x"))));
        assertThat(refusal(() -> requireBindable(Map.of("x-match", 1))))
                .isEqualTo(new Refusal.InvalidArgument(
                        Resource.exchange("h", "/"),
                        "x-match",
                        1,
                        new ValueProblem.WrongType(ValueProblem.ArgumentType.TEXT)));
    }

    private void bind(Map<String, @Nullable Object> arguments) {
        plan.bind(exchange, "q", "", arguments);
    }

    private boolean takes(Map<String, @Nullable Object> headers) {
        return plan.route(exchange, Letter.with(headers)).contains("q");
    }

    private void requireBindable(Map<String, @Nullable Object> arguments) {
        exchange.requireBindable(Resource.exchange("h", "/"), "", arguments);
    }
}
