package io.ferrymq.broker.topology;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.topology.TopologyCommand.Bound;
import io.ferrymq.broker.topology.TopologyCommand.Unbound;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client can see when it binds and unbinds (RabbitMQ 4, rabbit_channel and rabbit_binding). */
class BindingRequestsTest {
    private final Broker broker = Broker.started();
    private final QueueOwner connection = new QueueOwner() {};
    private final QueueOwner otherConnection = new QueueOwner() {};

    @BeforeEach
    void declare() {
        broker.exchange("x", ExchangeType.DIRECT);
        broker.queue("q");
    }

    @Test
    void bindingMakesOneCommandAndBindingAgainNone() {
        Binding binding = Binding.toQueue("x", "q", "k", Map.of());

        assertThat(bind(binding)).containsExactly(new Bound("/", binding));
        broker.bind(binding);
        assertThat(bind(binding)).isEmpty();
    }

    @Test
    void everythingTogetherIsTheIdentity() {
        broker.bind(Binding.toQueue("x", "q", "k", Map.of()));

        assertThat(bind(Binding.toQueue("x", "q", "other", Map.of()))).hasSize(1);
        assertThat(bind(Binding.toQueue("x", "q", "k", Map.of("a", 1)))).hasSize(1);
        assertThat(bind(Binding.toQueue("amq.direct", "q", "k", Map.of()))).hasSize(1);
        assertThat(bind(Binding.toExchange("x", "x", "k", Map.of()))).hasSize(1);
    }

    @Test
    void bindingsThatDifferInArgumentsAreUndoneOneByOne() {
        Binding plain = Binding.toQueue("x", "q", "k", Map.of());
        Binding special = Binding.toQueue("x", "q", "k", Map.of("a", new byte[] {1}));
        broker.bind(plain);
        broker.bind(special);

        broker.unbind(plain);

        assertThat(broker.vhost().bindings())
                .containsExactly(Binding.toQueue("x", "q", "k", Map.of("a", new byte[] {1})));
    }

    @Test
    void namesLoseTheirLineEnds() {
        assertThat(bind(Binding.toQueue("x\n", "\rq", "k", Map.of())))
                .containsExactly(new Bound("/", Binding.toQueue("x", "q", "k", Map.of())));
    }

    @Test
    void unbindingMakesOneCommandAndUnbindingAgainNone() {
        Binding binding = Binding.toQueue("x", "q", "k", Map.of());
        broker.bind(binding);

        assertThat(unbind(binding)).containsExactly(new Unbound("/", binding));
        broker.unbind(binding);
        assertThat(unbind(binding)).isEmpty();
        assertThat(unbind(Binding.toQueue("missing", "q", "k", Map.of()))).isEmpty();
        assertThat(unbind(Binding.toQueue("x", "missing", "k", Map.of()))).isEmpty();
    }

    @Test
    void refusesEndsThatAreMissing() {
        assertThat(refusal(() -> bind(Binding.toQueue("missing", "q", "k", Map.of()))))
                .isEqualTo(new Refusal.NotFound(Resource.exchange("missing", "/")));
        assertThat(refusal(() -> bind(Binding.toQueue("x", "missing", "k", Map.of()))))
                .isEqualTo(new Refusal.NotFound(Resource.queue("missing", "/")));
        assertThat(refusal(() -> bind(Binding.toExchange("x", "missing", "k", Map.of()))))
                .isEqualTo(new Refusal.NotFound(Resource.exchange("missing", "/")));
    }

    @Test
    void refusesTheDefaultExchangeAtEitherEnd() {
        for (Binding binding : List.of(
                Binding.toQueue("", "q", "k", Map.of()),
                Binding.toExchange("", "x", "k", Map.of()),
                Binding.toExchange("x", "", "k", Map.of()))) {
            assertThat(refusal(() -> bind(binding))).isEqualTo(new Refusal.DefaultExchange());
            assertThat(refusal(() -> unbind(binding))).isEqualTo(new Refusal.DefaultExchange());
        }
    }

    @Test
    void findsNoQueueInConsumersOfDirectReplies() {
        for (String name : List.of("amq.rabbitmq.reply-to", "amq.rabbitmq.reply-to.g1h2")) {
            assertThat(refusal(() -> bind(Binding.toQueue("x", name, "k", Map.of()))))
                    .isEqualTo(new Refusal.NotFound(Resource.queue(name, "/")));
            assertThat(unbind(Binding.toQueue("x", name, "k", Map.of()))).isEmpty();
        }
    }

    @Test
    void exclusiveQueuesAreLockedToOthers() {
        broker.queue(new QueueSpec("mine", false, true, false, QueueArguments.NONE), connection);
        Binding binding = Binding.toQueue("x", "mine", "k", Map.of());
        Refusal locked = new Refusal.Locked(Resource.queue("mine", "/"));

        assertThat(refusal(() -> broker.requests.bind(broker.vhost(), binding, otherConnection)))
                .isEqualTo(locked);
        broker.apply(broker.requests.bind(broker.vhost(), binding, connection));
        assertThat(refusal(() -> broker.requests.unbind(broker.vhost(), binding, otherConnection)))
                .isEqualTo(locked);
    }

    @Test
    void refusesArgumentsThatTheExchangeCannotUse() {
        assertThat(refusal(() -> bind(Binding.toQueue("amq.headers", "q", "", Map.of("x-match", "some")))))
                .isInstanceOf(Refusal.InvalidArgument.class);
        assertThat(bind(Binding.toQueue("x", "q", "", Map.of("x-match", "some"))))
                .hasSize(1);
    }

    @Test
    void refusesKeysThatAreNoWeightOfAConsistentHash() {
        broker.exchange("hash", ExchangeType.CONSISTENT_HASH);

        assertThat(refusal(() -> bind(Binding.toQueue("hash", "q", "heavy", Map.of()))))
                .isInstanceOf(Refusal.InvalidArgument.class);
        assertThat(bind(Binding.toQueue("hash", "q", "10", Map.of()))).hasSize(1);
    }

    @Test
    void refusesKeysThatDoNotFit() {
        assertThat(refusal(() -> bind(Binding.toQueue("x", "q", "k".repeat(256), Map.of()))))
                .isInstanceOf(Refusal.InvalidArgument.class);
    }

    @Test
    void aBindingIsDurableIfBothEndsAre() {
        broker.queue(new QueueSpec("passing", false, false, false, QueueArguments.NONE), connection);
        broker.exchange(new ExchangeSpec("passingX", ExchangeType.DIRECT, false, false, false, Map.of()));

        assertThat(isDurable(Binding.toQueue("x", "q", "k", Map.of()))).isTrue();
        assertThat(isDurable(Binding.toQueue("x", "passing", "k", Map.of()))).isFalse();
        assertThat(isDurable(Binding.toQueue("passingX", "q", "k", Map.of()))).isFalse();
        assertThat(isDurable(Binding.toExchange("x", "x", "k", Map.of()))).isTrue();
        assertThat(isDurable(Binding.toExchange("x", "passingX", "k", Map.of())))
                .isFalse();
    }

    private boolean isDurable(Binding binding) {
        return broker.topology.isDurable(new Bound("/", binding))
                && broker.topology.isDurable(new Unbound("/", binding));
    }

    private List<TopologyCommand> bind(Binding binding) {
        return broker.requests.bind(broker.vhost(), binding, connection);
    }

    private List<TopologyCommand> unbind(Binding binding) {
        return broker.requests.unbind(broker.vhost(), binding, connection);
    }
}
