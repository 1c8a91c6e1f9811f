package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.log.HeapWalk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is counted is what is there: never less, and not many times as much. */
final class TopologyMemoryTest {
    private static final int BINDINGS = 300;

    private final Broker broker = Broker.started();

    private void countsWhatIsThere(Runnable declare) {
        long bytesBefore = HeapWalk.bytes(broker.topology);
        long countedBefore = broker.topology.memoryBytes();
        declare.run();
        long bytes = HeapWalk.bytes(broker.topology) - bytesBefore;
        assertThat(broker.topology.memoryBytes() - countedBefore).isBetween(bytes, 3 * bytes);
    }

    private List<Binding> patterns(String format) {
        return IntStream.range(0, BINDINGS)
                .mapToObj(i -> Binding.toQueue("e", "q", format.formatted(i), Map.of()))
                .toList();
    }

    private void countsBindings(ExchangeType type, List<Binding> bindings) {
        broker.exchange("e", type);
        broker.queue("q");
        long counted = broker.topology.memoryBytes();
        countsWhatIsThere(() -> bindings.forEach(broker::bind));
        bindings.forEach(broker::unbind);
        assertThat(broker.topology.memoryBytes()).isEqualTo(counted);
    }

    @Test
    void countsEveryWordOfATopicBinding() {
        countsBindings(ExchangeType.TOPIC, patterns("%d" + ".a".repeat(125)));
    }

    @Test
    void countsEveryStateOfATopicBindingWithWildcards() {
        countsBindings(ExchangeType.TOPIC, patterns("%d" + ".#.a.*.b".repeat(30)));
    }

    @Test
    void countsWordsThatStandNextToEachOther() {
        countsBindings(ExchangeType.TOPIC, patterns("a.word-of-thirty-characters-or-%d"));
    }

    @Test
    void countsWordsOfADelayedTopicExchange() {
        broker.exchange(
                new ExchangeSpec("e", ExchangeType.DELAYED, true, false, false, Map.of("x-delayed-type", "topic")));
        broker.queue("q");
        countsWhatIsThere(() -> patterns("%d" + ".a".repeat(125)).forEach(broker::bind));
    }

    @Test
    void countsEveryConditionOfAHeadersBinding() {
        List<Binding> bindings = new ArrayList<>();
        for (int i = 0; i < BINDINGS; i++) {
            Map<String, @Nullable Object> arguments = new HashMap<>();
            for (int j = 0; j < 30; j++) {
                arguments.put("h" + j, i);
            }
            bindings.add(Binding.toQueue("e", "q", "", arguments));
        }
        countsBindings(ExchangeType.HEADERS, bindings);
    }

    @Test
    void countsWhatIsNestedAsDeepAsItMayBe() {
        Object value = "x".repeat(125_000);
        for (int depth = 0; depth < 60; depth++) {
            value = depth % 2 == 0 ? List.of(value) : Map.of("k", value);
        }
        Object nested = value;
        countsWhatIsThere(() ->
                broker.exchange(new ExchangeSpec("e", ExchangeType.FANOUT, true, false, false, Map.of("a", nested))));
    }

    @Test
    void countsTwoBytesForACharacterBeyondLatin1() {
        String text = "\u20ac" + "x".repeat(100_000);
        countsWhatIsThere(() ->
                broker.exchange(new ExchangeSpec("e", ExchangeType.FANOUT, true, false, false, Map.of("a", text))));
    }
}
