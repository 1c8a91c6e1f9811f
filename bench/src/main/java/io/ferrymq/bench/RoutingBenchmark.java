package io.ferrymq.bench;

import io.ferrymq.broker.routing.Destination;
import io.ferrymq.broker.routing.Exchange;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.routing.Routable;
import io.ferrymq.broker.routing.Route;
import io.ferrymq.broker.routing.Router;
import io.ferrymq.broker.routing.RoutingTable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to find a message's queues, by kind of exchange: 10,000 bindings where time should not grow with them,
 * 100 where it does.
 *
 * <p>"hot" repeats one message, which the cache of results answers if it can keep it at all. "cold" goes round 65,536
 * different keys, so many that none is kept.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up.
public class RoutingBenchmark {
    private static final int MANY = 10_000;
    private static final int FEW = 100;
    private static final int KEYS = 1 << 16;

    @Param({"direct", "topic", "headers", "x-consistent-hash"})
    private String kind;

    @Param({"hot", "cold"})
    private String keys;

    private final Router router = new Router();
    private final RoutingTable table = new RoutingTable();
    private final Letter[] letters = new Letter[KEYS];
    private Exchange exchange;
    private int mask;
    private int next;

    @Setup
    public void bind() {
        exchange = ExchangeType.require(kind).create("bench", Map.of());
        table.add(exchange);
        switch (exchange.getClass().getSimpleName()) {
            case "HeadersExchange" -> bindHeaders();
            case "TopicExchange" -> bindTopics();
            case "ConsistentHashExchange" -> bindWeights();
            default -> bindKeys();
        }
        for (int number = 0; number < KEYS; number++) {
            letters[number] = new Letter(
                    "sensor." + number % MANY + "." + number, Map.of("region", "r" + number % FEW, "kind", "reading"));
        }
        mask = keys.equals("hot") ? 0 : KEYS - 1;
    }

    private void bindKeys() {
        // Every key that is sent is bound, so that each look-up finds something.
        List<Queue> queues = queues(MANY);
        for (int number = 0; number < KEYS; number++) {
            bind(queues.get(number % MANY), "sensor." + number % MANY + "." + number, Map.of());
        }
    }

    private void bindTopics() {
        List<Queue> queues = queues(MANY);
        for (int number = 0; number < MANY; number++) {
            String pattern = switch (number % 4) {
                case 0 -> "sensor." + number + ".*";
                case 1 -> "sensor." + number + ".#";
                case 2 -> "*." + number + ".*";
                default -> "sensor.*." + number;
            };
            bind(queues.get(number), pattern, Map.of());
        }
    }

    private void bindHeaders() {
        List<Queue> queues = queues(FEW);
        for (int number = 0; number < FEW; number++) {
            bind(queues.get(number), "", Map.of("x-match", "all", "region", "r" + number, "kind", "reading"));
        }
    }

    private void bindWeights() {
        queues(FEW).forEach(queue -> bind(queue, "10", Map.of()));
    }

    private void bind(Queue queue, String key, Map<String, @Nullable Object> arguments) {
        table.bind(exchange, Route.to(queue, key, arguments));
    }

    private List<Queue> queues(int count) {
        List<Queue> queues = IntStream.range(0, count)
                .mapToObj(number -> new Queue("queue-" + number))
                .toList();
        queues.forEach(table::add);
        return queues;
    }

    @Benchmark
    public int route() {
        return router.route(table, exchange, letters[next++ & mask]).size();
    }

    private static final class Queue extends Destination {
        private final String name;

        private Queue(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }
    }

    private record Letter(String routingKey, Map<String, @Nullable Object> headers) implements Routable {
        @Override
        public List<String> extraRoutingKeys() {
            return List.of();
        }

        @Override
        public @Nullable String property(String name) {
            return null;
        }
    }
}
