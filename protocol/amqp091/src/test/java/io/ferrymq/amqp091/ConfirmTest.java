package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConfirmMethod;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.ferrymq.amqp091.codec.TxMethod;
import io.ferrymq.broker.message.Publication;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Publisher confirms, RabbitMQ's class confirm. */
class ConfirmTest {
    private final TestClient client = TestClient.running();

    private void select() {
        client.send(1, new ConfirmMethod.Select(false));
        assertThat(client.take()).containsExactly(new ConfirmMethod.SelectOk());
    }

    private static ByteBuf messages(int count) {
        ByteBuf persistent = Unpooled.buffer();
        PropertyEditor.empty().deliveryMode(2).write(persistent);
        ByteBuf all = Unpooled.buffer();
        for (int i = 0; i < count; i++) {
            all.writeBytes(TestClient.message(1, new BasicMethod.Publish("ex", "k", false, false), persistent, "body"));
        }
        return all;
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void confirmsABurstOfTransientMessagesTogetherWhenTheTurnEnds() {
        select();
        ByteBuf burst = Unpooled.buffer();
        for (int i = 0; i < 5; i++) {
            burst.writeBytes(TestClient.message(
                    1, new BasicMethod.Publish("ex", "k", false, false), BasicProperties.NONE, "body"));
        }
        client.sendBytes(burst);
        assertThat(client.take()).containsExactly(new BasicMethod.Ack(5, true));
    }

    @Test
    void confirmsNothingThatIsNotDurable() {
        client.link.durable = 0;
        select();
        client.sendBytes(messages(3));
        assertThat(client.take()).isEmpty();
        assertThat(client.link.awaited).isEqualTo(3);
        client.link.makeDurable(1);
        assertThat(client.take()).containsExactly(new BasicMethod.Ack(1, false));
        client.link.makeDurable(3);
        assertThat(client.take()).containsExactly(new BasicMethod.Ack(3, true));
    }

    @Test
    void refusesInOrderWithWhatIsConfirmed() {
        client.link.durable = 0;
        select();
        client.sendBytes(messages(2));
        client.link.outcome = Publication.Outcome.REJECTED;
        client.sendBytes(messages(2));
        client.link.outcome = Publication.Outcome.ACCEPTED;
        client.sendBytes(messages(1));
        assertThat(client.take()).isEmpty();
        client.link.makeDurable(3);
        assertThat(client.take())
                .containsExactly(
                        new BasicMethod.Ack(2, true),
                        new BasicMethod.Nack(4, true, false),
                        new BasicMethod.Ack(5, false));
    }

    @Test
    void confirmsWhatIsDurableBeforeTheChannelCloses() {
        select();
        ByteBuf burst = messages(1);
        burst.writeBytes(TestClient.frame(1, new ChannelMethod.Close(200, "bye", 0, 0)));
        client.sendBytes(burst);
        assertThat(client.take()).containsExactly(new BasicMethod.Ack(1, false), new ChannelMethod.CloseOk());
    }

    @Test
    void saysNothingMoreOnAChannelThatItHasClosed() {
        client.link.durable = 0;
        select();
        client.sendBytes(messages(1));
        client.send(1, new BasicMethod.Ack(99, false));
        assertThat(client.take()).hasSize(1).first().isInstanceOf(ChannelMethod.Close.class);
        client.link.makeDurable(1);
        assertThat(client.take()).isEmpty();
    }

    @Test
    void doesNotConfirmBeforeItIsAsked() {
        client.sendBytes(messages(1));
        assertThat(client.take()).isEmpty();
    }

    @Test
    void doesNotMixWithTransactions() {
        select();
        client.send(1, new TxMethod.Select());
        assertThat(client.take())
                .containsExactly(new ChannelMethod.Close(
                        406, "PRECONDITION_FAILED - cannot switch from confirm to tx mode", 90, 10));
    }
}
