package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

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
