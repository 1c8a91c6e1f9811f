package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteCacheTest {
    private final Plan plan = new Plan();
    private final Exchange direct = plan.exchange(ExchangeType.DIRECT, "d");

    @Test
    void keepsAResultAtTheSecondMiss() {
        plan.bind(direct, "q", "k");

        plan.route(direct, "k");
        assertThat(kept()).isZero();
        plan.route(direct, "k");
        assertThat(kept()).isEqualTo(1);
        assertThat(plan.route(direct, "k")).containsExactly("q");
    }

    @Test
    void doesNotKeepKeysThatComeOnce() {
        for (int i = 0; i < 100_000; i++) {
            plan.route(direct, "once-" + i);
        }

        assertThat(kept()).isZero();
    }

    @Test
    void keepsThatThereIsNoRoute() {
        twice(direct, "nowhere");

        assertThat(kept()).isEqualTo(1);
        assertThat(plan.route(direct, "nowhere")).isEmpty();
    }

    @Test
    void keepsNoMoreThanItHasSlots() {
        for (int i = 0; i < 20_000; i++) {
            twice(direct, "k" + i);
        }

        assertThat(kept()).isBetween(RouteCache.SLOTS / 2, RouteCache.SLOTS);
    }

    @Test
    void doesNotKeepLargeResults() {
        Exchange fanout = plan.exchange(ExchangeType.FANOUT, "f");
        for (int i = 0; i <= RouteCache.DESTINATIONS_MAX; i++) {
            plan.bind(fanout, "q" + i, "");
        }

        twice(fanout, "k");

        assertThat(kept()).isZero();
    }

    @Test
    void tellsExchangesWithTheSameKeyApart() {
        Exchange other = plan.exchange(ExchangeType.DIRECT, "e");
        plan.bind(direct, "q", "k");
        plan.bind(other, "r", "k");

        twice(direct, "k");
        twice(other, "k");

        assertThat(plan.route(direct, "k")).containsExactly("q");
        assertThat(plan.route(other, "k")).containsExactly("r");
    }

    @Test
    void isEmptiedByEveryChange() {
        Exchange next = plan.exchange(ExchangeType.FANOUT, "f");
        Route route = Route.to(next, "k", Map.of());
        changeEmpties(() -> plan.bind(direct, "q", "other"));
        changeEmpties(() -> plan.table.bind(direct, route));
        changeEmpties(() -> plan.table.unbind(direct, route));
        changeEmpties(() -> plan.exchange(ExchangeType.FANOUT, "g"));
        changeEmpties(() -> plan.table.remove(next));
    }

    @Test
    void keepsResultsThroughExchangesThatLookAtKeysOnly() {
        Exchange topic = plan.exchange(ExchangeType.TOPIC, "t");
        plan.table.bind(direct, Route.to(topic, "k", Map.of()));
        plan.bind(topic, "q", "#");

        twice(direct, "k");

        assertThat(kept()).isEqualTo(1);
    }

    @Test
    void doesNotKeepResultsThroughExchangesThatLookAtMore() {
        Exchange headers = plan.exchange(ExchangeType.HEADERS, "h");
        plan.table.bind(direct, Route.to(headers, "k", Map.of()));
        plan.bind(headers, "q", "", Map.of("a", 1));

        twice(direct, "k");

        assertThat(kept()).isZero();
        assertThat(plan.route(direct, new Letter("k", List.of(), Map.of("a", 1), Map.of())))
                .containsExactly("q");
    }

    @Test
    void doesNotKeepWhatTheDefaultExchangeFinds() {
        Exchange spilling = plan.exchange(ExchangeType.DIRECT, "spilling", Map.of("alternate-exchange", ""));
        twice(spilling, "q");
        plan.table.add(new Stop("q"));

        assertThat(plan.route(spilling, "q")).containsExactly("q");
    }

    private void changeEmpties(Runnable change) {
        twice(direct, "k");
        assertThat(kept()).isPositive();
        change.run();
        assertThat(kept()).isZero();
    }

    private void twice(Exchange start, String key) {
        plan.route(start, key);
        plan.route(start, key);
    }

    private int kept() {
        return plan.table.cache().entryCount();
    }
}
