package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TopicStatesProperties {
    private long walks;

    @Property
    void findsWhatMatchingEachPatternAloneFinds(
            @ForAll("patterns") List<String> patterns, @ForAll("keys") List<String> keys) {
        TopicStates states = new TopicStates();
        for (int i = 0; i < patterns.size(); i++) {
            states.add(node(patterns.get(i), "q" + i));
        }

        for (String key : keys) {
            assertThat(found(states, key)).isEqualTo(matching(patterns, key));
        }
    }

    @Property(tries = 200)
    void removedPatternsAreNotFound(
            @ForAll("patterns") List<String> patterns,
            @ForAll("patterns") List<String> passing,
            @ForAll("keys") List<String> keys) {
        TopicStates states = new TopicStates();
        for (int i = 0; i < patterns.size(); i++) {
            states.add(node(patterns.get(i), "q" + i));
            // More than half of all states are given up again and again, so that what stays moves.
            for (int round = 0; round < 20; round++) {
                List<TopicNode> nodes =
                        passing.stream().map(pattern -> node(pattern, "gone")).toList();
                nodes.forEach(states::add);
                nodes.forEach(states::remove);
            }
        }

        for (String key : keys) {
            assertThat(found(states, key)).isEqualTo(matching(patterns, key));
        }
    }

    @Example
    void whatIsLeftOfVeryManyMovesAFewAtATime() {
        TopicStates states = new TopicStates();
        List<TopicNode> nodes = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            nodes.add(node("*." + i, "q" + i));
            states.add(nodes.getLast());
        }
        long fullBytes = states.memoryBytes();
        int left = 0;
        for (int i = 0; i < 15_000; i++) {
            states.remove(nodes.get(i));
            assertThat(left - states.leftToMove()).isLessThanOrEqualTo(10);
            left = states.leftToMove();
            if (i % 100 == 0) {
                assertThat(found(states, "a." + i)).isEmpty();
                assertThat(found(states, "a." + (i + 1))).containsExactly("q" + (i + 1));
                assertThat(found(states, "a.19999")).containsExactly("q19999");
            }
        }
        assertThat(left).isZero();
        assertThat(states.memoryBytes()).isLessThan(fullBytes / 2);
    }

    @Provide
    Arbitrary<List<String>> patterns() {
        Arbitrary<String> words = Arbitraries.of("a", "b", "c", "", "ab", "*", "#", "*", "#", "w1", "w2");
        return joined(words, 12).list().ofMaxSize(40);
    }

    @Provide
    Arbitrary<List<String>> keys() {
        return joined(Arbitraries.of("a", "b", "c", "", "ab", "*", "w1", "w2"), 10)
                .list()
                .ofMaxSize(10);
    }

    private static Arbitrary<String> joined(Arbitrary<String> words, int wordsMax) {
        return words.list().ofMaxSize(wordsMax).map(list -> String.join(".", list));
    }

    private static TopicNode node(String pattern, String stop) {
        TopicNode node = new TopicNode(null, "");
        List<String> words = pattern.isEmpty() ? List.of() : Arrays.asList(pattern.split("\\.", -1));
        for (String word : words) {
            node = new TopicNode(node, word);
        }
        node.routes.add(Route.to(new Stop(stop), pattern, Map.of()));
        return node;
    }

    private List<String> found(TopicStates states, String key) {
        Walk walk = new Walk();
        walk.begin(++walks);
        states.match(key, walk);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < walk.foundCount(); i++) {
            names.add(walk.found()[i].name());
        }
        return names.stream().sorted().toList();
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
