package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ExchangeMethod;
import io.ferrymq.amqp091.codec.QueueMethod;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Classes exchange and queue (clauses 1.6 and 1.7). */
class TopologyTest {
    private final TestClient client = TestClient.running();

    private static QueueMethod.Declare declare(String name) {
        return new QueueMethod.Declare(name, false, true, false, false, false, Map.of());
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void declaresExchanges() {
        client.send(
                1, new ExchangeMethod.Declare("e\r\nx", "topic", false, true, false, false, false, Map.of("a", "b")));
        assertThat(client.link.takeCalls()).containsExactly("declareExchange ex TOPIC {a=b}");
        assertThat(client.take()).containsExactly(new ExchangeMethod.DeclareOk());
    }

    @Test
    void checksExchangesPassively() {
        client.send(1, new ExchangeMethod.Declare("ex", "", true, false, false, false, false, Map.of()));
        assertThat(client.link.takeCalls()).containsExactly("checkExchange ex");
        assertThat(client.take()).containsExactly(new ExchangeMethod.DeclareOk());
    }

    @Test
    void bindsUnbindsAndDeletesExchanges() {
        client.send(1, new ExchangeMethod.Bind("to", "from", "k", false, Map.of()));
        client.send(1, new ExchangeMethod.Unbind("to", "from", "k", false, Map.of()));
        client.send(1, new ExchangeMethod.Delete("ex", true, false));
        assertThat(client.link.takeCalls())
                .containsExactly(
                        "bindExchange to from k {}", "unbindExchange to from k {}", "deleteExchange ex [IF_UNUSED]");
        assertThat(client.take())
                .containsExactly(
                        new ExchangeMethod.BindOk(), new ExchangeMethod.UnbindOk(), new ExchangeMethod.DeleteOk());
    }

    @Test
    void saysNothingWhenAskedNotTo() {
        client.send(1, new ExchangeMethod.Declare("ex", "topic", false, true, false, false, true, Map.of()));
        client.send(1, new QueueMethod.Declare("q", false, true, false, false, true, Map.of()));
        client.send(1, new QueueMethod.Bind("q", "ex", "k", true, Map.of()));
        client.send(1, new QueueMethod.Purge("q", true));
        client.send(1, new QueueMethod.Delete("q", true, true, true));
        assertThat(client.take()).isEmpty();
        assertThat(client.link.takeCalls()).hasSize(5).last().isEqualTo("deleteQueue q [IF_UNUSED, IF_EMPTY]");
    }

    @Test
    void reportsReadyMessagesAndConsumers() {
        client.send(1, declare("q"));
        assertThat(client.take()).containsExactly(new QueueMethod.DeclareOk("q", 7, 2));
    }

    @Test
    void meansTheLastDeclaredQueueByAnEmptyName() {
        client.send(1, declare(""));
        client.send(1, new QueueMethod.Bind("", "ex", "", false, Map.of()));
        client.send(1, new QueueMethod.Bind("", "ex", "k", false, Map.of()));
        client.send(1, new QueueMethod.Unbind("", "ex", "k", Map.of()));
        client.send(1, new QueueMethod.Purge("", false));
        client.send(1, new QueueMethod.Delete("", false, false, false));
        assertThat(client.link.takeCalls())
                .containsExactly(
                        "declareQueue  durable {}",
                        "bindQueue amq.gen-1 ex amq.gen-1 {}",
                        "bindQueue amq.gen-1 ex k {}",
                        "unbindQueue amq.gen-1 ex k {}",
                        "purgeQueue amq.gen-1",
                        "deleteQueue amq.gen-1 []");
        assertThat(client.take()).contains(new QueueMethod.PurgeOk(5), new QueueMethod.DeleteOk(5));
    }

    @Test
    void refusesAnEmptyNameBeforeAnyDeclaration_404() {
        client.send(1, new QueueMethod.Purge("", false));
        assertThat(client.take())
                .containsExactly(new ChannelMethod.Close(404, "NOT_FOUND - no previously declared queue", 50, 30));
    }

    @Test
    void keepsAKeyThatWasGivenWithAQueueOfItsOwn() {
        client.send(1, new QueueMethod.Bind("q", "ex", "", false, Map.of()));
        assertThat(client.link.takeCalls()).containsExactly("bindQueue q ex  {}");
    }

    @Test
    void showsReplyAddressesAsQueuesWithOneConsumer() {
        client.link.replyAddresses.add("amq.rabbitmq.reply-to.token");
        client.send(1, declare("amq.rabbitmq.reply-to"));
        client.send(1, declare("amq.rabbitmq.reply-to.token"));
        assertThat(client.take())
                .containsExactly(
                        new QueueMethod.DeclareOk("amq.rabbitmq.reply-to", 0, 1),
                        new QueueMethod.DeclareOk("amq.rabbitmq.reply-to.token", 0, 1));
        client.send(1, declare("amq.rabbitmq.reply-to.gone"));
        assertThat(client.take())
                .containsExactly(new ChannelMethod.Close(
                        404, "NOT_FOUND - no queue 'amq.rabbitmq.reply-to.gone' in vhost '/'", 50, 10));
        assertThat(client.link.takeCalls()).isEmpty();
    }
}
