package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperty;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RabbitMQ's direct reply-to. */
class ReplyToTest {
    private static final String ADDRESS = "amq.rabbitmq.reply-to.token0";

    private final TestClient client = TestClient.running();

    private void consume(boolean noAck) {
        client.send(1, new BasicMethod.Consume("amq.rabbitmq.reply-to", "c", false, noAck, false, false, Map.of()));
    }

    private void publishRequest() {
        ByteBuf list = Unpooled.buffer();
        PropertyEditor.empty()
                .text(BasicProperty.REPLY_TO, "amq.rabbitmq.reply-to")
                .write(list);
        client.publish("k", "request", list);
    }

    private void assertChannelCloses(String text, int method) {
        assertThat(client.take()).containsExactly(new ChannelMethod.Close(406, text, 60, method));
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void fillsInTheChannelsAddressAndDeliversWhatComesThere() {
        consume(true);
        assertThat(client.take()).containsExactly(new BasicMethod.ConsumeOk("c"));
        publishRequest();
        assertThat(client.link.lastReplyTo).isEqualTo(ADDRESS);
        client.link.deliver(ADDRESS, TestMessage.of("reply").settledByDelivery());
        assertThat(client.take()).contains(new BasicMethod.Deliver("c", 1, false, "ex", "key"), "reply");
    }

    @Test
    void refusesRequestsWithoutAConsumer_406() {
        publishRequest();
        assertChannelCloses("PRECONDITION_FAILED - fast reply consumer does not exist", 40);
    }

    @Test
    void refusesConsumersThatAcknowledge_406() {
        consume(false);
        assertChannelCloses("PRECONDITION_FAILED - reply consumer cannot acknowledge", 20);
    }

    @Test
    void refusesASecondConsumer_406() {
        consume(true);
        client.take();
        client.send(1, new BasicMethod.Consume("amq.rabbitmq.reply-to", "d", false, true, false, false, Map.of()));
        assertChannelCloses("PRECONDITION_FAILED - reply consumer already set", 20);
    }

    @Test
    void closesTheAddressWithItsConsumer() {
        consume(true);
        client.send(1, new BasicMethod.Cancel("c", false));
        assertThat(client.link.takeCalls())
                .containsExactly("openReplyAddress " + ADDRESS, "closeReplyAddress " + ADDRESS);
    }

    @Test
    void closesTheAddressWithItsChannel() {
        consume(true);
        client.send(1, new ChannelMethod.Close(200, "bye", 0, 0));
        assertThat(client.link.takeCalls()).last().isEqualTo("closeReplyAddress " + ADDRESS);
    }
}
