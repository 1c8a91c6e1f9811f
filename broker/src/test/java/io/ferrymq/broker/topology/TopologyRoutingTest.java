package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.routing.Letter;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopologyRoutingTest {
    private final Broker broker = Broker.started();

    @BeforeEach
    void declareQueues() {
        broker.queue("a");
        broker.queue("b");
        broker.queue("c");
    }

    @Test
    void defaultExchangeReachesQueueByItsName() {
        assertThat(broker.route("", Letter.to("a"))).containsExactly("a");
        assertThat(broker.route("", Letter.to("nowhere"))).isEmpty();
    }

    @Test
    void directExchangeTakesEqualKeys() {
        broker.bindQueue("amq.direct", "a", "red");
        broker.bindQueue("amq.direct", "b", "red");
        broker.bindQueue("amq.direct", "c", "green");

        assertThat(broker.route("amq.direct", Letter.to("red"))).containsExactly("a", "b");
        assertThat(broker.route("amq.direct", Letter.to("re"))).isEmpty();
    }

    @Test
    void fanoutExchangeIgnoresKeys() {
        broker.bindQueue("amq.fanout", "a", "x");
        broker.bindQueue("amq.fanout", "a", "y");
        broker.bindQueue("amq.fanout", "b", "");

        assertThat(broker.route("amq.fanout", Letter.to("z"))).containsExactly("a", "b");
    }

    @Test
    void topicExchangeMatchesWords() {
        broker.bindQueue("amq.topic", "a", "stock.*.nyse");
        broker.bindQueue("amq.topic", "b", "stock.#");
        broker.bindQueue("amq.topic", "c", "#.nyse");

        assertThat(broker.route("amq.topic", Letter.to("stock.ibm.nyse"))).containsExactly("a", "b", "c");
        assertThat(broker.route("amq.topic", Letter.to("stock"))).containsExactly("b");
        assertThat(broker.route("amq.topic", Letter.to("nyse"))).containsExactly("c");
    }

    @Test
    void exchangesBoundInACircleDeliverOnce() {
        broker.exchange("one", ExchangeType.FANOUT);
        broker.exchange("two", ExchangeType.FANOUT);
        broker.bindExchange("one", "two", "");
        broker.bindExchange("two", "one", "");
        broker.bindExchange("two", "two", "");
        broker.bindQueue("one", "a", "");
        broker.bindQueue("two", "a", "");
        broker.bindQueue("two", "b", "");

        assertThat(broker.route("one", Letter.to("k"))).containsExactly("a", "b");
        assertThat(broker.route("two", Letter.to("k"))).containsExactly("a", "b");
    }

    @Test
    void alternateExchangeTakesWhatIsNotRouted() {
        broker.exchange(new ExchangeSpec(
                "main", ExchangeType.DIRECT, true, false, false, Broker.argument("alternate-exchange", "rest")));
        broker.bindQueue("main", "a", "red");

        assertThat(broker.route("main", Letter.to("blue"))).isEmpty();

        broker.exchange("rest", ExchangeType.FANOUT);
        broker.bindQueue("rest", "b", "");

        assertThat(broker.route("main", Letter.to("blue"))).containsExactly("b");
        assertThat(broker.route("main", Letter.to("red"))).containsExactly("a");
    }

    @Test
    void extraKeysRouteAsIfSentWithEach() {
        broker.bindQueue("amq.direct", "a", "red");
        broker.bindQueue("amq.direct", "b", "green");

        assertThat(broker.route("amq.direct", Letter.to("red", "green", "red"))).containsExactly("a", "b");
        assertThat(broker.route("", Letter.to("a", "c"))).containsExactly("a", "c");
    }

    @Test
    void aKeptResultEndsWithTheBindingItCameFrom() {
        Binding binding = Binding.toQueue("amq.direct", "a", "red", Map.of());
        broker.bind(binding);
        for (int i = 0; i < 3; i++) {
            assertThat(broker.route("amq.direct", Letter.to("red"))).containsExactly("a");
        }

        broker.unbind(binding);

        assertThat(broker.route("amq.direct", Letter.to("red"))).isEmpty();
    }
}
