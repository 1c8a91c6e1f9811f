package io.ferrymq.broker.topology;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import io.ferrymq.broker.topology.TopologyCommand.QueueDeclared;
import io.ferrymq.broker.topology.TopologyCommand.QueueDeleted;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a client can see when it declares and deletes queues (RabbitMQ 4, rabbit_channel and rabbit_amqqueue). */
class QueueRequestsTest {
    private static final Resource Q = Resource.queue("q", "/");

    private final Broker broker = Broker.started();
    private final QueueOwner connection = new QueueOwner() {};
    private final QueueOwner otherConnection = new QueueOwner() {};

    @Test
    void declaringMakesOneCommandAndDeclaringAgainNone() {
        QueueSpec spec = durable(Map.of());

        assertThat(declare(spec)).containsExactly(new QueueDeclared("/", 1, spec, QueueOwner.NOBODY));
        broker.queue(spec, connection);
        assertThat(declare(spec)).isEmpty();
    }

    @Test
    void namesLoseTheirLineEnds() {
        broker.queue("a\r\nb");

        assertThat(broker.vhost().queue("ab")).isPresent();
        assertThat(broker.requests
                        .queue(broker.vhost(), "\nab", connection)
                        .spec()
                        .name())
                .isEqualTo("ab");
    }

    @Test
    void refusesNamesThatClientsMayNotChoose() {
        QueueSpec spec = new QueueSpec("amq.gen-1", false, true, false, QueueArguments.NONE);

        assertThat(refusal(() -> declare(spec))).isEqualTo(new Refusal.ReservedName(Resource.queue("amq.gen-1", "/")));
        assertThat(broker.requests.declareQueue(broker.vhost(), spec, connection, NamedBy.BROKER))
                .hasSize(1);
    }

    @Test
    void reservedNamesThatExistCanBeDeclaredAgain() {
        QueueSpec spec = new QueueSpec("amq.gen-1", false, true, false, QueueArguments.NONE);
        broker.apply(broker.requests.declareQueue(broker.vhost(), spec, connection, NamedBy.BROKER));

        assertThat(declare(spec)).isEmpty();
    }

    @Test
    void refusesToNameQuorumQueues() {
        QueueSpec spec = durable(Map.of("x-queue-type", "quorum"));

        assertThat(refusal(() -> broker.requests.declareQueue(broker.vhost(), spec, connection, NamedBy.BROKER)))
                .isEqualTo(new Refusal.UnsupportedProperty(Q, "server-named"));
    }

    @Test
    void refusesNamesThatDoNotFit() {
        QueueSpec spec = new QueueSpec("q".repeat(256), true, false, false, QueueArguments.NONE);

        assertThat(refusal(() -> declare(spec)))
                .extracting("problem")
                .isEqualTo(new ValueProblem.NotStorable("longer than 255 bytes"));
    }

    @Test
    void refusesNoName() {
        for (NamedBy namedBy : NamedBy.values()) {
            QueueSpec spec = new QueueSpec("\n", true, false, false, QueueArguments.NONE);
            assertThat(refusal(() -> broker.requests.declareQueue(broker.vhost(), spec, connection, namedBy)))
                    .isEqualTo(
                            new Refusal.InvalidArgument(Resource.queue("", "/"), "name", "", new ValueProblem.Empty()));
        }
    }

    @Test
    void passiveDeclarationFindsOrRefuses() {
        assertThat(refusal(() -> broker.requests.queue(broker.vhost(), "q", connection)))
                .isEqualTo(new Refusal.NotFound(Q));

        DeclaredQueue queue = broker.queue("q");

        assertThat(broker.requests.queue(broker.vhost(), "q", connection)).isSameAs(queue);
    }

    @Test
    void refusesToDeclareAgainWithOtherProperties() {
        broker.queue("q");

        assertThat(refusal(() -> declare(new QueueSpec("q", false, false, false, QueueArguments.NONE))))
                .isEqualTo(new Refusal.Inequivalent(Q, "durable", false, true));
        assertThat(refusal(() -> declare(new QueueSpec("q", true, false, true, QueueArguments.NONE))))
                .isEqualTo(new Refusal.Inequivalent(Q, "auto_delete", true, false));
    }

    @Test
    void exclusiveQueuesAreNeverDurable() {
        broker.queue(new QueueSpec("q", true, true, false, QueueArguments.NONE), connection);

        assertThat(broker.vhost().queue("q").orElseThrow().spec().durable()).isFalse();
        assertThat(declare(new QueueSpec("q", true, true, false, QueueArguments.NONE)))
                .isEmpty();
    }

    @Test
    void exclusiveQueuesAreLockedToOthers() {
        QueueSpec exclusive = new QueueSpec("q", false, true, false, QueueArguments.NONE);
        QueueSpec shared = new QueueSpec("q", false, false, false, QueueArguments.NONE);
        Refusal locked = new Refusal.Locked(Q);
        broker.queue(exclusive, connection);

        assertThat(declare(exclusive)).isEmpty();
        assertThat(refusal(() -> declare(shared))).isEqualTo(locked);
        assertThat(refusal(
                        () -> broker.requests.declareQueue(broker.vhost(), exclusive, otherConnection, NamedBy.CLIENT)))
                .isEqualTo(locked);
        assertThat(refusal(() -> broker.requests.queue(broker.vhost(), "q", otherConnection)))
                .isEqualTo(locked);
        assertThat(refusal(() -> broker.requests.queue(broker.vhost(), "q", QueueOwner.NOBODY)))
                .isEqualTo(locked);
        assertThat(refusal(() -> broker.requests.deleteQueue(broker.vhost(), "q", otherConnection)))
                .isEqualTo(locked);
        assertThat(broker.requests.queue(broker.vhost(), "q", connection).owner())
                .isSameAs(connection);
    }

    @Test
    void sharedQueuesCannotBeDeclaredExclusive() {
        broker.queue(new QueueSpec("q", false, false, false, QueueArguments.NONE), connection);

        assertThat(refusal(() -> declare(new QueueSpec("q", false, true, false, QueueArguments.NONE))))
                .isEqualTo(new Refusal.Locked(Q));
    }

    @Test
    void anExclusiveQueueNeedsAnOwner() {
        QueueSpec exclusive = new QueueSpec("q", false, true, false, QueueArguments.NONE);

        assertThatIllegalArgumentException().isThrownBy(() -> broker.queue(exclusive, QueueOwner.NOBODY));
    }

    @Test
    void deletesWhatExistsAndLetsMissingOnesBe() {
        long number = broker.queue("q").number();

        assertThat(broker.requests.deleteQueue(broker.vhost(), "q", connection))
                .containsExactly(new QueueDeleted("/", number));
        assertThat(broker.requests.deleteQueue(broker.vhost(), "missing", connection))
                .isEmpty();
    }

    @Test
    void deletingAQueueTakesItsBindingsAlongAndTellsTheFactory() {
        broker.queue("q");
        broker.queue("r");
        broker.bindQueue("amq.topic", "q", "a");
        broker.bindQueue("amq.topic", "q", "b");
        broker.bindQueue("amq.topic", "r", "a");

        broker.apply(broker.requests.deleteQueue(broker.vhost(), "q", connection));

        assertThat(broker.vhost().bindings()).containsExactly(Binding.toQueue("amq.topic", "r", "a", Map.of()));
        assertThat(broker.discarded).containsExactly("q");
        assertThat(broker.topology.queue(1)).isEmpty();
    }

    @Test
    void queuesTakeTheDefaultTypeOfTheirVirtualHost() {
        broker.apply(broker.requests.createVhost(new VhostSpec("/", "", List.of(), QueueType.QUORUM)));

        assertThat(typeOf(durable(Map.of()))).isEqualTo(QueueType.QUORUM);
        assertThat(typeOf(durable(Map.of("x-queue-type", "")))).isEqualTo(QueueType.QUORUM);
        assertThat(typeOf(durable(Map.of("x-queue-type", "undefined")))).isEqualTo(QueueType.QUORUM);
        assertThat(typeOf(durable(Map.of("x-queue-type", "classic")))).isEqualTo(QueueType.CLASSIC);
        assertThat(typeOf(new QueueSpec("q", false, false, false, QueueArguments.NONE)))
                .isEqualTo(QueueType.CLASSIC);
        assertThat(typeOf(new QueueSpec("q", true, false, true, QueueArguments.NONE)))
                .isEqualTo(QueueType.CLASSIC);
    }

    @Test
    void refusesQuorumQueuesThatAreNotPermanent() {
        QueueArguments quorum = QueueArguments.of(Map.of("x-queue-type", "quorum"));

        assertThat(refusal(() -> declare(new QueueSpec("q", true, false, true, quorum))))
                .isEqualTo(new Refusal.UnsupportedProperty(Q, "auto-delete"));
        assertThat(refusal(() -> declare(new QueueSpec("q", true, true, false, quorum))))
                .isEqualTo(new Refusal.UnsupportedProperty(Q, "exclusive-owner"));
        assertThat(refusal(() -> declare(new QueueSpec("q", false, false, false, quorum))))
                .isEqualTo(new Refusal.UnsupportedProperty(Q, "non-durable"));
    }

    @Test
    void transientSharedQueuesAreFine() {
        assertThat(declare(new QueueSpec("q", false, false, false, QueueArguments.NONE)))
                .hasSize(1);
    }

    @Test
    void numbersAreNeverGivenTwice() {
        long first = broker.queue("a").number();
        broker.apply(broker.requests.deleteQueue(broker.vhost(), "a", connection));
        long second = broker.queue("a").number();

        assertThat(second).isGreaterThan(first);
    }

    @Test
    void queuesThatEndWithTheProcessHaveNumbersOfTheirOwn() {
        long durable = broker.queue("a").number();
        long passing = broker.queue(new QueueSpec("b", false, false, false, QueueArguments.NONE), connection)
                .number();

        assertThat(QueueNumbers.isTransient(durable)).isFalse();
        assertThat(QueueNumbers.isTransient(passing)).isTrue();
        assertThat(broker.queue("c").number()).isEqualTo(durable + 1);
    }

    private QueueType typeOf(QueueSpec spec) {
        QueueDeclared declared = (QueueDeclared) declare(spec).getFirst();
        return declared.spec().type();
    }

    private List<TopologyCommand> declare(QueueSpec spec) {
        return broker.requests.declareQueue(broker.vhost(), spec, connection, NamedBy.CLIENT);
    }

    private static QueueSpec durable(Map<String, @Nullable Object> arguments) {
        return new QueueSpec("q", true, false, false, QueueArguments.of(arguments));
    }
}
