package io.ferrymq.broker.topology;

import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.routing.ExchangeType;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Arbitrary sequences of requests on a few names, so that they meet. */
final class Changes {
    /** Asks for one change; no commands if it is refused. */
    record Change(String text, Function<Broker, List<TopologyCommand>> request) {
        List<TopologyCommand> commands(Broker broker) {
            try {
                return request.apply(broker);
            } catch (RefusedException refused) {
                return List.of();
            }
        }

        @Override
        public String toString() {
            return text;
        }
    }

    static final List<String> EXCHANGES = List.of("x0", "x1", "x2", "amq.topic", "amq.headers");
    static final List<String> QUEUES = List.of("q0", "q1", "q2", "q3");
    static final List<String> KEYS = List.of("", "a", "a.b", "a.*", "#", "#.b", "*", "1", "2");

    private Changes() {}

    static Arbitrary<List<Change>> sequences() {
        return Arbitraries.frequencyOf(
                        Tuple.of(3, declareExchange()),
                        Tuple.of(1, deleteExchange()),
                        Tuple.of(3, declareQueue()),
                        Tuple.of(1, deleteQueue()),
                        Tuple.of(6, bind()),
                        Tuple.of(3, unbind()))
                .list()
                .ofMaxSize(60);
    }

    private static Arbitrary<Change> declareExchange() {
        return Combinators.combine(
                        Arbitraries.of("x0", "x1", "x2"),
                        Arbitraries.of(ExchangeType.class),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        exchangeArguments())
                .as((name, type, durable, autoDelete, arguments) ->
                        declareExchange(new ExchangeSpec(name, type, durable, autoDelete, false, arguments)));
    }

    private static Arbitrary<Map<String, @Nullable Object>> exchangeArguments() {
        return Arbitraries.of(
                Map.of(),
                Map.of("alternate-exchange", "x0"),
                Map.of("alternate-exchange", "x1"),
                Map.of("alternate-exchange", "amq.topic"),
                Map.of("alternate-exchange", ""));
    }

    private static Change declareExchange(ExchangeSpec spec) {
        return new Change("declare " + spec, broker -> broker.requests.declareExchange(broker.vhost(), spec));
    }

    private static Arbitrary<Change> deleteExchange() {
        return Combinators.combine(Arbitraries.of("x0", "x1", "x2"), Arbitraries.of(DeleteCondition.class))
                .as((name, condition) -> new Change(
                        "delete " + name + " " + condition,
                        broker -> broker.requests.deleteExchange(broker.vhost(), name, condition)));
    }

    private static Arbitrary<Change> declareQueue() {
        return Combinators.combine(
                        Arbitraries.of(QUEUES),
                        Arbitraries.of(true, false),
                        Arbitraries.of(Map.<String, @Nullable Object>of(), Map.of("x-max-length", 5)))
                .as((name, durable, arguments) ->
                        declareQueue(new QueueSpec(name, durable, false, false, QueueArguments.of(arguments))));
    }

    private static Change declareQueue(QueueSpec spec) {
        return new Change(
                "declare " + spec,
                broker -> broker.requests.declareQueue(broker.vhost(), spec, QueueOwner.NOBODY, NamedBy.CLIENT));
    }

    private static Arbitrary<Change> deleteQueue() {
        return Arbitraries.of(QUEUES)
                .map(name -> new Change(
                        "delete " + name,
                        broker -> broker.requests.deleteQueue(broker.vhost(), name, QueueOwner.NOBODY)));
    }

    private static Arbitrary<Change> bind() {
        return bindings()
                .map(binding -> new Change(
                        "bind " + binding, broker -> broker.requests.bind(broker.vhost(), binding, QueueOwner.NOBODY)));
    }

    private static Arbitrary<Change> unbind() {
        return bindings()
                .map(binding -> new Change(
                        "unbind " + binding,
                        broker -> broker.requests.unbind(broker.vhost(), binding, QueueOwner.NOBODY)));
    }

    private static Arbitrary<Binding> bindings() {
        Arbitrary<Map<String, @Nullable Object>> arguments =
                Arbitraries.of(Map.of(), Map.of("h", 1), Map.of("x-match", "any", "h", 1, "i", "two"));
        Arbitrary<Binding> toQueues = Combinators.combine(
                        Arbitraries.of(EXCHANGES), Arbitraries.of(QUEUES), Arbitraries.of(KEYS), arguments)
                .as(Binding::toQueue);
        Arbitrary<Binding> toExchanges = Combinators.combine(
                        Arbitraries.of(EXCHANGES), Arbitraries.of(EXCHANGES), Arbitraries.of(KEYS), arguments)
                .as(Binding::toExchange);
        return Arbitraries.oneOf(toQueues, toQueues, toExchanges);
    }
}
