package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TopicTrieProperties {
    @Property
    void findsWhatMatchingEachPatternAloneFinds(
            @ForAll("patterns") List<String> patterns, @ForAll("keys") List<String> keys) {
        Plan plan = new Plan();
        Exchange exchange = plan.exchange(ExchangeType.TOPIC, "t");
        for (int i = 0; i < patterns.size(); i++) {
            plan.bind(exchange, "q" + i, patterns.get(i));
        }

        for (String key : keys) {
            assertThat(plan.route(exchange, key)).isEqualTo(matching(patterns, key));
        }
    }

    @Property
    void bindingAndUnbindingLeavesWhatBindingTheRestLeaves(
            @ForAll("patterns") List<String> patterns,
            @ForAll("patterns") List<String> passing,
            @ForAll("keys") List<String> keys) {
        Plan plan = new Plan();
        TopicExchange exchange = (TopicExchange) plan.exchange(ExchangeType.TOPIC, "t");
        List<Route> routes = new ArrayList<>();
        passing.forEach(pattern -> routes.add(plan.bind(exchange, "gone", pattern)));
        for (int i = 0; i < patterns.size(); i++) {
            plan.bind(exchange, "q" + i, patterns.get(i));
        }
        passing.forEach(pattern -> routes.add(plan.bind(exchange, "gone", pattern)));

        routes.forEach(route -> plan.table.unbind(exchange, route));

        assertThat(exchange.nodeCount()).isEqualTo(freshNodeCount(patterns));
        for (String key : keys) {
            assertThat(plan.route(exchange, key)).isEqualTo(matching(patterns, key));
        }
    }

    @Provide
    Arbitrary<List<String>> patterns() {
        Arbitrary<String> words = Arbitraries.of("a", "b", "c", "", "ab", "*", "#", "*", "#", "w1", "w2", "w3", "w4");
        return joined(words).list().ofMaxSize(25);
    }

    @Provide
    Arbitrary<List<String>> keys() {
        return joined(Arbitraries.of("a", "b", "c", "", "ab", "*", "w1", "w2", "w3", "w4"))
                .list()
                .ofMaxSize(10);
    }

    private static Arbitrary<String> joined(Arbitrary<String> words) {
        return words.list().ofMaxSize(6).map(list -> String.join(".", list));
    }

    private static int freshNodeCount(List<String> patterns) {
        Plan plan = new Plan();
        TopicExchange exchange = (TopicExchange) plan.exchange(ExchangeType.TOPIC, "t");
        patterns.forEach(pattern -> plan.bind(exchange, "q", pattern));
        return exchange.nodeCount();
    }

    private static List<String> matching(List<String> patterns, String key) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < patterns.size(); i++) {
            if (NaiveTopic.matches(patterns.get(i), key)) {
                names.add("q" + i);
            }
        }
        return names.stream().sorted().toList();
    }
}
