package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AMQP 0-9-1, 3.1.3.3: the topic exchange type. */
class TopicExchangeTest {
    private final Plan plan = new Plan();
    private final TopicExchange exchange = (TopicExchange) plan.exchange(ExchangeType.TOPIC, "t");

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
                    pattern,     key,            matches
                    a.b,         a.b,            true
                    a.b,         a.bc,           false
                    a.b,         a,              false
                    *,           a,              true
                    *,           a.b,            false
                    *,           '',             false
                    *.*,         .,              true
                    '#',           '',             true
                    '#',           a.b.c,          true
                    '',          '',             true
                    '',          a,              false
                    '',          .,              false
                    a.*.c,       a..c,           true
                    a..c,        a..c,           true
                    a..c,        a.b.c,          false
                    a.#,         a,              true
                    a.#,         a.b.c,          true
                    a.#,         b,              false
                    '#.c',         c,              true
                    '#.c',         a.b.c,          true
                    '#.c',         c.a,            false
                    a.#.c,       a.c,            true
                    a.#.c,       a.b.b.c,        true
                    a.#.c,       a.b.c.b,        false
                    '#.#',         '',             true
                    '#.#',         a,              true
                    '#.*',         '',             false
                    '#.*',         a,              true
                    *.#,         a.b,            true
                    '#.b.#',       a.b.c,          true
                    '#.b.#',       a.c,            false
                    *.*.1.#,     0.1.1.0.key,    true
                    a*,          ab,             false
                    a*,          a*,             true
                    '#a',          b.a,            false
                    *,           *,              true
                    a,           *,              false
                    """)
    void matchesWordByWord(String pattern, String key, boolean matches) {
        plan.bind(exchange, "q", pattern);

        assertThat(plan.route(exchange, key).contains("q")).isEqualTo(matches);
    }

    @Test
    void manyWildcardsDoNotMultiplyTheWork() {
        plan.bind(exchange, "q", "#.a.".repeat(60) + "#.b");

        assertThat(plan.route(exchange, "a.".repeat(120) + "c")).isEmpty();
    }

    @Test
    void aKeyThatKeepsManyPatternsBusyFindsWhatEachOfThemAloneWould() {
        List<String> patterns = heavyPatterns(500);
        for (int i = 0; i < patterns.size(); i++) {
            plan.bind(exchange, "q" + i, patterns.get(i));
        }
        plan.bind(exchange, "plain", String.join(".", Collections.nCopies(100, "a")));

        for (String key :
                List.of("a.".repeat(99) + "a", "a.".repeat(120) + "b", "b.a.".repeat(60) + "b", ".".repeat(255))) {
            assertThat(plan.route(exchange, key)).isEqualTo(matching(patterns, key));
        }
    }

    @Test
    void thePatternsThatStayAreFoundWhenBusyOnesGo() {
        List<String> patterns = heavyPatterns(400);
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < patterns.size(); i++) {
            routes.add(plan.bind(exchange, "q" + i, patterns.get(i)));
        }
        for (int i = 0; i < 300; i++) {
            plan.table.unbind(exchange, routes.get(i));
        }
        String key = "a.".repeat(120) + "b";
        List<String> staying = matching(patterns, key).stream()
                .filter(name -> Integer.parseInt(name.substring(1)) >= 300)
                .toList();
        assertThat(plan.route(exchange, key)).isEqualTo(staying);

        routes.subList(300, 400).forEach(route -> plan.table.unbind(exchange, route));
        assertThat(exchange.nodeCount()).isEqualTo(1);
        assertThat(plan.route(exchange, key)).isEmpty();
    }

    /** Different patterns that nearly all keys of "a" and "b" lead far into. */
    private static List<String> heavyPatterns(int count) {
        List<String> patterns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder pattern = new StringBuilder("#");
            for (int bit = 0; bit < 10; bit++) {
                pattern.append((i >> bit & 1) == 0 ? ".a.#" : ".*.a");
            }
            patterns.add(pattern + (i % 3 == 0 ? ".b" : ".#.a"));
        }
        return patterns;
    }

    private List<String> matching(List<String> patterns, String key) {
        Plan alone = new Plan();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < patterns.size(); i++) {
            Exchange one = alone.exchange(ExchangeType.TOPIC, "t" + i);
            alone.bind(one, "q" + i, patterns.get(i));
            names.addAll(alone.route(one, key));
        }
        names.addAll(key.equals("a.".repeat(99) + "a") ? List.of("plain") : List.of());
        return names.stream().sorted().toList();
    }

    @Test
    void wordsMadeToCollideAreFoundAndLeaveNothingBehind() {
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < 1024; i++) {
            routes.add(plan.bind(exchange, "q" + i, "a." + colliding(i) + ".*"));
        }
        assertThat(colliding(5)).hasSameHashCodeAs(colliding(900));
        assertThat(plan.route(exchange, "a." + colliding(900) + ".x")).containsExactly("q900");
        assertThat(plan.route(exchange, "a.unknown.x")).isEmpty();

        routes.forEach(route -> plan.table.unbind(exchange, route));
        assertThat(exchange.nodeCount()).isEqualTo(1);
    }

    private static String colliding(int number) {
        StringBuilder word = new StringBuilder();
        for (int bit = 0; bit < 10; bit++) {
            word.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return word.toString();
    }

    @Test
    void oneQueueFoundByManyPatternsIsFoundOnce() {
        Stop stop = new Stop("q");
        for (String pattern : new String[] {"#", "a.*", "*.b", "a.b", "a.#", "#.b"}) {
            plan.table.bind(exchange, Route.to(stop, pattern, Map.of()));
        }

        assertThat(plan.route(exchange, "a.b")).containsExactly("q");
    }

    @Test
    void removedPatternLeavesNoNodes() {
        Route longer = plan.bind(exchange, "q", "a.*.#.d");
        Route shorter = plan.bind(exchange, "q", "a.*");

        plan.table.unbind(exchange, longer);
        assertThat(exchange.nodeCount()).isEqualTo(3);
        assertThat(plan.route(exchange, "a.b")).containsExactly("q");

        plan.table.unbind(exchange, shorter);
        assertThat(exchange.nodeCount()).isEqualTo(1);
    }
}
