package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.log.HeapWalk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is counted is what is there: never less, and not many times as much. */
final class TopologyMemoryTest {
    private final Broker broker = Broker.started();

    private void countsWhatIsThere(Runnable declare) {
        long bytesBefore = HeapWalk.bytes(broker.topology);
        long countedBefore = broker.topology.memoryBytes();
        declare.run();
        long bytes = HeapWalk.bytes(broker.topology) - bytesBefore;
        assertThat(broker.topology.memoryBytes() - countedBefore).isBetween(bytes, 3 * bytes);
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
