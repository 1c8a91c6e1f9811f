package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeleted;
import io.ferrymq.broker.topology.TopologyCommand.QueueDeleted;
import io.ferrymq.broker.topology.TopologyCommand.Unbound;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AutoDeletionTest {
    private final Broker broker = Broker.started();

    @BeforeEach
    void declare() {
        broker.queue("q");
        broker.queue("r");
        autoDelete("a");
        autoDelete("b");
        autoDelete("c");
    }

    @Test
    void anExchangeGoesWithItsLastBinding() {
        broker.bindQueue("a", "q", "1");
        broker.bindQueue("a", "q", "2");

        broker.unbind(toQueue("a", "1"));
        assertThat(broker.vhost().exchange("a")).isPresent();
        assertThat(unbind(toQueue("a", "2")))
                .containsExactly(new Unbound("/", toQueue("a", "2")), new ExchangeDeleted("/", "a"));
    }

    @Test
    void anExchangeThatWasNeverBoundStays() {
        broker.unbind(toQueue("a", "1"));

        assertThat(broker.vhost().exchange("a")).isPresent();
    }

    @Test
    void anExchangeGoesWithTheQueueOfItsLastBindings() {
        long number = broker.vhost().queue("q").orElseThrow().number();
        broker.bindQueue("a", "q", "1");
        broker.bindQueue("a", "q", "2");
        broker.bindQueue("b", "q", "1");
        broker.bindQueue("b", "r", "1");

        assertThat(applied(broker.requests.deleteQueue(broker.vhost(), "q", QueueOwner.NOBODY)))
                .containsExactly(new QueueDeleted("/", number), new ExchangeDeleted("/", "a"));
    }

    @Test
    void exchangesGoOneAfterAnotherAlongTheirBindings() {
        broker.bindExchange("a", "b", "k");
        broker.bindExchange("b", "c", "k");
        broker.bindQueue("c", "q", "k");

        List<TopologyCommand> commands = unbind(toQueue("c", "k"));
        assertThat(commands)
                .containsExactly(
                        new Unbound("/", toQueue("c", "k")),
                        new ExchangeDeleted("/", "c"),
                        new ExchangeDeleted("/", "b"),
                        new ExchangeDeleted("/", "a"));

        assertThat(broker.vhost().bindings()).isEmpty();
        assertThat(broker.vhost().exchanges()).hasSize(VirtualHost.PREDECLARED.size());
    }

    @Test
    void deletingAnExchangeDoesTheSame() {
        broker.bindExchange("a", "b", "k");
        broker.bindExchange("b", "c", "k");

        assertThat(delete("c"))
                .containsExactly(
                        new ExchangeDeleted("/", "c"), new ExchangeDeleted("/", "b"), new ExchangeDeleted("/", "a"));
    }

    @Test
    void circlesEnd() {
        broker.bindExchange("a", "b", "k");
        broker.bindExchange("b", "a", "k");
        broker.bindExchange("a", "a", "k");

        List<TopologyCommand> commands = delete("a");
        assertThat(commands).containsExactly(new ExchangeDeleted("/", "a"), new ExchangeDeleted("/", "b"));

        assertThat(broker.vhost().bindings()).isEmpty();
    }

    @Test
    void exchangesThatAreNotAutoDeleteStay() {
        broker.exchange("stays", ExchangeType.DIRECT);
        broker.bindExchange("stays", "a", "k");

        assertThat(delete("a")).containsExactly(new ExchangeDeleted("/", "a"));
    }

    @Test
    void aDurableExchangeGoesDurablyWithABindingThatIsNot() {
        broker.queue(new QueueSpec("passing", false, false, false, QueueArguments.NONE), QueueOwner.NOBODY);
        broker.bindQueue("a", "passing", "k");

        broker.durable.clear();
        assertThat(unbind(Binding.toQueue("a", "passing", "k", Map.of()))).hasSize(2);

        assertThat(broker.durable).containsExactly(false, true);
    }

    private void autoDelete(String name) {
        broker.exchange(new ExchangeSpec(name, ExchangeType.DIRECT, true, true, false, Map.of()));
    }

    private static Binding toQueue(String exchange, String key) {
        return Binding.toQueue(exchange, "q", key, Map.of());
    }

    private List<TopologyCommand> applied(List<TopologyCommand> commands) {
        broker.takeApplied();
        broker.apply(commands);
        return broker.takeApplied();
    }

    private List<TopologyCommand> unbind(Binding binding) {
        return applied(broker.requests.unbind(broker.vhost(), binding, QueueOwner.NOBODY));
    }

    private List<TopologyCommand> delete(String exchange) {
        return applied(broker.requests.deleteExchange(broker.vhost(), exchange, DeleteCondition.ALWAYS));
    }
}
