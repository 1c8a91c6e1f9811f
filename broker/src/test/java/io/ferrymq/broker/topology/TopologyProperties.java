package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ferrymq.broker.Resource;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.routing.Letter;
import io.ferrymq.broker.topology.Changes.Change;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TopologyProperties {
    /** By how much tables may differ that have grown and shrunk in another order. */
    private static final long TABLES_BYTES = 64;

    private static final List<Letter> LETTERS = Stream.concat(
                    Changes.KEYS.stream().map(Letter::to),
                    Stream.of(
                            Letter.to("q0"),
                            Letter.to("nowhere", "a.b", "q1"),
                            Letter.with(Map.of("h", 1L)),
                            Letter.with(Map.of("i", "two"))))
            .toList();

    @Property
    void aCommandThatWentThroughTheLogHasTheSameEffect(@ForAll("changes") List<Change> changes) {
        Broker live = Broker.started();
        Broker replayed = Broker.started();
        for (Change change : changes) {
            live.apply(change.commands(live));
            live.takeApplied().forEach(command -> replayed.replay(throughBytes(command)));
        }

        assertThat(describe(replayed)).isEqualTo(describe(live));
    }

    @Property
    void theLogAndACheckpointRestoreWhatIsDurable(@ForAll("changes") List<Change> changes) {
        Broker live = Broker.started();
        Broker fromLog = Broker.started();
        live.takeApplied();
        live.durable.clear();
        changes.forEach(change -> live.apply(change.commands(live)));
        List<TopologyCommand> applied = live.takeApplied();
        for (int i = 0; i < applied.size(); i++) {
            if (live.durable.get(i)) {
                fromLog.replay(throughBytes(applied.get(i)));
            }
        }
        ByteBuf checkpoint = Unpooled.buffer();
        live.topology.encodeSnapshot(checkpoint);
        Broker fromCheckpoint = new Broker();
        fromCheckpoint.topology.restoreSnapshot(checkpoint);

        assertThat(checkpoint.isReadable()).isFalse();
        assertThat(describe(fromLog)).isEqualTo(describeDurable(live));
        assertThat(describe(fromCheckpoint)).isEqualTo(describeDurable(live));
        assertThat(nextNumber(fromLog)).isEqualTo(nextNumber(live));
        assertThat(nextNumber(fromCheckpoint)).isEqualTo(nextNumber(live));
    }

    @Property
    void everyEndOfABindingExistsAndKnowsIt(@ForAll("changes") List<Change> changes) {
        Broker broker = Broker.started();
        for (Change change : changes) {
            broker.apply(change.commands(broker));
        }

        VirtualHost vhost = broker.vhost();
        List<Binding> all = vhost.bindings().toList();
        assertThat(vhost.bindingCount()).isEqualTo(all.size());
        for (String name : Changes.EXCHANGES) {
            assertThat(vhost.bindingsFrom(name))
                    .containsExactlyInAnyOrderElementsOf(all.stream()
                            .filter(binding -> binding.source().equals(name))
                            .toList());
            assertThat(vhost.bindingsTo(Resource.Kind.EXCHANGE, name))
                    .containsExactlyInAnyOrderElementsOf(to(all, Resource.Kind.EXCHANGE, name));
            assertThat(vhost.bindingsFrom(name).isEmpty()
                            || vhost.exchange(name).isPresent())
                    .isTrue();
        }
        for (String name : Changes.QUEUES) {
            assertThat(vhost.bindingsTo(Resource.Kind.QUEUE, name))
                    .containsExactlyInAnyOrderElementsOf(to(all, Resource.Kind.QUEUE, name));
            assertThat(vhost.bindingsTo(Resource.Kind.QUEUE, name).isEmpty()
                            || vhost.queue(name).isPresent())
                    .isTrue();
        }
    }

    @Property(tries = 200)
    void routingFindsWhatLookingAtEveryBindingFinds(@ForAll("changes") List<Change> changes) {
        Broker broker = Broker.started();
        for (Change change : changes) {
            broker.apply(change.commands(broker));
            compareRouting(broker);
        }
    }

    @Property(tries = 200)
    void keptRoutesNeverDifferFromRoutingAnew(@ForAll("changes") List<Change> changes) {
        Broker broker = Broker.started();
        for (Change change : changes) {
            broker.apply(change.commands(broker));
            for (ExchangeSpec exchange : publishable(broker)) {
                for (String key : Changes.KEYS) {
                    // A message with further keys is never answered from the cache.
                    Set<String> anew = broker.route(exchange.name(), Letter.to(key, key));
                    for (int i = 0; i < 3; i++) {
                        assertThat(broker.route(exchange.name(), Letter.to(key)))
                                .isEqualTo(anew);
                    }
                }
            }
        }
    }

    /** As a broker does whose turns are short: what has gone is forgotten at some later time, a little at once. */
    @Property(tries = 300)
    void whatIsStillToBeForgottenIsNotSeen(@ForAll("changes") List<Change> changes, @ForAll Random random) {
        Broker swept = Broker.started();
        Broker late = Broker.started();
        for (Change change : changes) {
            List<TopologyCommand> commands = change.commands(swept);
            swept.apply(commands);
            swept.takeApplied().forEach(late.topology::apply);
            if (random.nextInt(4) == 0) {
                var _ = late.topology.sweep(new TurnBudget(random.nextInt(3 * TurnBudget.REMOVAL)));
            }
            assertThat(describe(late)).isEqualTo(describe(swept));
            compareRouting(late);
            for (String name : Changes.EXCHANGES) {
                assertThat(Set.copyOf(late.vhost().bindingsFrom(name)))
                        .isEqualTo(Set.copyOf(swept.vhost().bindingsFrom(name)));
                assertThat(late.vhost().hasBindingsFrom(name))
                        .isEqualTo(swept.vhost().hasBindingsFrom(name));
                assertThat(Set.copyOf(late.vhost().bindingsTo(Resource.Kind.EXCHANGE, name)))
                        .isEqualTo(Set.copyOf(swept.vhost().bindingsTo(Resource.Kind.EXCHANGE, name)));
            }
            for (String name : Changes.QUEUES) {
                assertThat(Set.copyOf(late.vhost().bindingsTo(Resource.Kind.QUEUE, name)))
                        .isEqualTo(Set.copyOf(swept.vhost().bindingsTo(Resource.Kind.QUEUE, name)));
            }
        }
        assertThat(late.topology.sweep(new TurnBudget(Long.MAX_VALUE))).isTrue();
        assertThat(late.vhost().bindingCount()).isEqualTo(swept.vhost().bindingCount());
        assertThat(late.topology.memoryBytes()).isCloseTo(swept.topology.memoryBytes(), within(TABLES_BYTES));
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return Changes.sequences();
    }

    private static void compareRouting(Broker broker) {
        boolean exact = !NaiveRouting.mayHash(broker.vhost());
        for (ExchangeSpec exchange : publishable(broker)) {
            for (Letter letter : LETTERS) {
                Set<String> expected = NaiveRouting.route(broker.vhost(), exchange.name(), letter);
                Set<String> found = broker.route(exchange.name(), letter);
                if (exact) {
                    assertThat(found).isEqualTo(expected);
                } else {
                    assertThat(expected).containsAll(found);
                }
            }
        }
    }

    private static List<ExchangeSpec> publishable(Broker broker) {
        return broker.vhost().exchanges().stream()
                .filter(exchange -> !exchange.internal())
                .toList();
    }

    private static List<Binding> to(List<Binding> all, Resource.Kind kind, String name) {
        return all.stream()
                .filter(binding -> binding.destinationKind() == kind
                        && binding.destination().equals(name))
                .toList();
    }

    private static TopologyCommand throughBytes(TopologyCommand command) {
        ByteBuf bytes = Unpooled.buffer();
        command.encode(bytes);
        TopologyCommand decoded = TopologyCommand.decode(bytes);
        assertThat(bytes.isReadable()).isFalse();
        assertThat(decoded).isEqualTo(command);
        return decoded;
    }

    private static long nextNumber(Broker broker) {
        return broker.queue("next").number();
    }

    private static Set<String> describe(Broker broker) {
        VirtualHost vhost = broker.vhost();
        Stream<String> queues = vhost.queues().stream().map(queue -> queue.number() + " " + queue.spec());
        return Stream.of(
                        vhost.exchanges().stream().map(ExchangeSpec::toString),
                        queues,
                        vhost.bindings().map(Binding::toString))
                .flatMap(lines -> lines)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> describeDurable(Broker broker) {
        VirtualHost vhost = broker.vhost();
        Stream<String> exchanges =
                vhost.exchanges().stream().filter(ExchangeSpec::durable).map(ExchangeSpec::toString);
        Stream<String> queues = vhost.queues().stream()
                .filter(queue -> queue.spec().durable())
                .map(queue -> queue.number() + " " + queue.spec());
        Stream<String> bindings = vhost.bindings().filter(vhost::isDurable).map(Binding::toString);
        return Stream.of(exchanges, queues, bindings)
                .flatMap(lines -> lines)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
