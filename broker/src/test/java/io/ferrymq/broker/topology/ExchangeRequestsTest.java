package io.ferrymq.broker.topology;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeclared;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeleted;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a client can see when it declares and deletes exchanges (RabbitMQ 4, rabbit_channel and rabbit_exchange). */
class ExchangeRequestsTest {
    private static final Resource X = Resource.exchange("x", "/");

    private final Broker broker = Broker.started();

    @Test
    void declaringMakesOneCommandAndDeclaringAgainNone() {
        ExchangeSpec spec = ExchangeSpec.durable("x", ExchangeType.TOPIC);

        assertThat(declare(spec)).containsExactly(new ExchangeDeclared("/", spec));
        broker.exchange(spec);
        assertThat(declare(spec)).isEmpty();
    }

    @Test
    void namesLoseTheirLineEnds() {
        broker.exchange("a\r\nb", ExchangeType.DIRECT);

        assertThat(broker.vhost().exchange("ab")).isPresent();
        assertThat(broker.requests.exchange(broker.vhost(), "a\nb").name()).isEqualTo("ab");
    }

    @Test
    void refusesUnknownTypes() {
        assertThat(refusal(() -> ExchangeType.require("x-nothing")))
                .isEqualTo(new Refusal.UnknownExchangeType("x-nothing"));
        assertThat(ExchangeType.require("x-consistent-hash")).isEqualTo(ExchangeType.CONSISTENT_HASH);
    }

    @Test
    void refusesToDeclareReservedNamesUnlessTheyExist() {
        assertThat(refusal(() -> declare(ExchangeSpec.durable("amq.mine", ExchangeType.DIRECT))))
                .isEqualTo(new Refusal.ReservedName(Resource.exchange("amq.mine", "/")));
        assertThat(declare(ExchangeSpec.durable("amq.topic", ExchangeType.TOPIC)))
                .isEmpty();
    }

    @Test
    void refusesToTouchTheDefaultExchange() {
        Refusal expected = new Refusal.DefaultExchange();

        assertThat(refusal(() -> declare(ExchangeSpec.durable("", ExchangeType.DIRECT))))
                .isEqualTo(expected);
        assertThat(refusal(() -> broker.requests.exchange(broker.vhost(), ""))).isEqualTo(expected);
        assertThat(refusal(() -> delete("", DeleteCondition.ALWAYS))).isEqualTo(expected);
    }

    @Test
    void refusesNamesThatDoNotFit() {
        assertThat(refusal(() -> declare(ExchangeSpec.durable("ä".repeat(128), ExchangeType.DIRECT))))
                .extracting("argument", "problem")
                .containsExactly("name", new ValueProblem.NotStorable("longer than 255 bytes"));
        assertThat(refusal(() -> declare(ExchangeSpec.durable("\uD800", ExchangeType.DIRECT))))
                .extracting("argument", "problem")
                .containsExactly("name", new ValueProblem.NotStorable("not valid Unicode"));
        assertThat(declare(ExchangeSpec.durable("ä".repeat(127), ExchangeType.DIRECT)))
                .hasSize(1);
    }

    @Test
    void refusesArgumentsThatTheLogCannotKeep() {
        assertThat(refusal(() -> declare(with(Map.of("k", 'c'))))).isInstanceOf(Refusal.InvalidArgument.class);
        assertThat(refusal(() -> declare(with(Map.of("k", "x".repeat(2_000_000))))))
                .isInstanceOf(Refusal.InvalidArgument.class);
    }

    @Test
    void refusesAlternateExchangesThatAreNotText() {
        assertThat(refusal(() -> declare(with(Map.of("alternate-exchange", 7)))))
                .isEqualTo(new Refusal.InvalidArgument(
                        X, "alternate-exchange", 7, new ValueProblem.WrongType(ValueProblem.ArgumentType.TEXT)));
    }

    @Test
    void refusesToDeclareAgainWithOtherProperties() {
        broker.exchange("x", ExchangeType.TOPIC);

        assertThat(refusal(() -> declare(ExchangeSpec.durable("x", ExchangeType.DIRECT))))
                .isEqualTo(new Refusal.Inequivalent(X, "type", "direct", "topic"));
        assertThat(refusal(() -> declare(topic(false, false, false))))
                .isEqualTo(new Refusal.Inequivalent(X, "durable", false, true));
        assertThat(refusal(() -> declare(topic(true, true, false))))
                .isEqualTo(new Refusal.Inequivalent(X, "auto_delete", true, false));
        assertThat(refusal(() -> declare(topic(true, false, true))))
                .isEqualTo(new Refusal.Inequivalent(X, "internal", true, false));
    }

    @Test
    void comparesOnlyTheAlternateExchangeAmongArguments() {
        broker.exchange(with(Map.of("alternate-exchange", "y", "other", 1)));

        assertThat(declare(with(Map.of("alternate-exchange", "y", "different", 2))))
                .isEmpty();
        assertThat(refusal(() -> declare(with(Map.of("alternate-exchange", "z")))))
                .isEqualTo(new Refusal.Inequivalent(X, "alternate-exchange", "z", "y"));
        assertThat(refusal(() -> declare(with(Map.of()))))
                .isEqualTo(new Refusal.Inequivalent(X, "alternate-exchange", null, "y"));
    }

    @Test
    void passiveDeclarationFindsOrRefuses() {
        assertThat(broker.requests.exchange(broker.vhost(), "amq.fanout").type())
                .isEqualTo(ExchangeType.FANOUT);
        assertThat(refusal(() -> broker.requests.exchange(broker.vhost(), "x"))).isEqualTo(new Refusal.NotFound(X));
    }

    @Test
    void deletesWhatExistsAndLetsMissingOnesBe() {
        broker.exchange("x", ExchangeType.TOPIC);

        assertThat(delete("x", DeleteCondition.ALWAYS)).containsExactly(new ExchangeDeleted("/", "x"));
        assertThat(delete("missing", DeleteCondition.ALWAYS)).isEmpty();
    }

    @Test
    void refusesToDeleteSystemExchanges() {
        assertThat(refusal(() -> delete("amq.topic", DeleteCondition.ALWAYS)))
                .isEqualTo(new Refusal.SystemExchange(Resource.exchange("amq.topic", "/")));
    }

    @Test
    void refusesToDeleteIfUnusedWhatHasBindings() {
        broker.exchange("x", ExchangeType.TOPIC);
        broker.queue("q");
        broker.bindQueue("x", "q", "#");

        assertThat(refusal(() -> delete("x", DeleteCondition.IF_UNUSED))).isEqualTo(new Refusal.InUse(X));

        broker.unbind(Binding.toQueue("x", "q", "#", Map.of()));
        assertThat(delete("x", DeleteCondition.IF_UNUSED)).hasSize(1);
    }

    @Test
    void bindingsToAnExchangeAreNoUse() {
        broker.exchange("x", ExchangeType.TOPIC);
        broker.bindExchange("amq.topic", "x", "#");

        assertThat(delete("x", DeleteCondition.IF_UNUSED)).hasSize(1);
    }

    @Test
    void deletingAnExchangeTakesItsBindingsAlong() {
        broker.exchange("x", ExchangeType.TOPIC);
        broker.queue("q");
        broker.bindQueue("x", "q", "#");
        broker.bindExchange("amq.topic", "x", "#");
        broker.bindExchange("x", "x", "#");

        broker.apply(delete("x", DeleteCondition.ALWAYS));

        assertThat(broker.vhost().bindings()).isEmpty();
        assertThat(broker.vhost().bindingsTo(Resource.Kind.QUEUE, "q")).isEmpty();
        assertThat(broker.vhost().bindingCount()).isZero();
    }

    @Test
    void refusesToPublishToInternalAndMissingExchanges() {
        assertThat(refusal(() -> broker.vhost().exchangeToPublishTo("amq.rabbitmq.trace")))
                .isEqualTo(new Refusal.InternalExchange(Resource.exchange("amq.rabbitmq.trace", "/")));
        assertThat(refusal(() -> broker.vhost().exchangeToPublishTo("x"))).isEqualTo(new Refusal.NotFound(X));
    }

    @Test
    void everyVirtualHostHasThePredeclaredExchanges() {
        assertThat(broker.vhost().exchanges())
                .extracting(ExchangeSpec::name)
                .containsExactly(
                        "", "amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match", "amq.rabbitmq.trace");
        assertThat(broker.vhost().exchanges()).allMatch(ExchangeSpec::durable);
    }

    private List<TopologyCommand> declare(ExchangeSpec spec) {
        return broker.requests.declareExchange(broker.vhost(), spec);
    }

    private List<TopologyCommand> delete(String name, DeleteCondition condition) {
        return broker.requests.deleteExchange(broker.vhost(), name, condition);
    }

    private static ExchangeSpec topic(boolean durable, boolean autoDelete, boolean internal) {
        return new ExchangeSpec("x", ExchangeType.TOPIC, durable, autoDelete, internal, Map.of());
    }

    private static ExchangeSpec with(Map<String, @Nullable Object> arguments) {
        return new ExchangeSpec("x", ExchangeType.DIRECT, true, false, false, arguments);
    }
}
