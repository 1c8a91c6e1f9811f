package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConfirmMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.ExchangeMethod;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.ferrymq.amqp091.codec.QueueMethod;
import io.ferrymq.amqp091.codec.TxMethod;
import io.ferrymq.broker.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a session tells the broker that it holds, and what is refused when there is no room. */
class HeldMemoryTest {
    private final TestClient client = TestClient.running();
    private final long idleBytes = client.link.heldBytes;

    @AfterEach
    void disconnect() {
        client.close();
    }

    private static ByteBuf properties(PropertyEditor editor) {
        ByteBuf properties = Unpooled.buffer();
        editor.write(properties);
        return properties;
    }

    private Object lastAnswer() {
        return client.take().getLast();
    }

    @Test
    void channelsAreRefusedAndCanBeOpenedAgainWhenOthersAreClosed_506() {
        int opened = 1;
        client.link.roomBytes = 20 * idleBytes;
        while (client.link.heldBytes + idleBytes <= client.link.roomBytes) {
            opened++;
            client.send(opened, new ChannelMethod.Open());
            assertThat(lastAnswer()).isEqualTo(new ChannelMethod.OpenOk());
        }
        client.send(2, new ChannelMethod.Close(200, "", 0, 0));
        assertThat(lastAnswer()).isEqualTo(new ChannelMethod.CloseOk());
        client.send(2, new ChannelMethod.Open());
        assertThat(lastAnswer()).isEqualTo(new ChannelMethod.OpenOk());
        client.send(opened + 1, new ChannelMethod.Open());
        assertThat(lastAnswer())
                .isEqualTo(new ConnectionMethod.Close(
                        506,
                        "RESOURCE_ERROR - broker memory limit (" + client.link.roomBytes + ") is reached",
                        ChannelMethod.Open.ID >>> 16,
                        ChannelMethod.Open.ID & 0xFFFF));
    }

    @Test
    void aTransactionIsRefusedWhatThereIsNoRoomForAndForgotten_406() {
        client.link.roomBytes = 100_000;
        client.send(1, new TxMethod.Select());
        client.publish("k", "x".repeat(60_000));
        assertThat(client.link.heldBytes).isGreaterThan(60_000);
        client.take();
        client.publish("k", "x".repeat(60_000));
        assertThat(lastAnswer())
                .isEqualTo(new ChannelMethod.Close(
                        406,
                        "PRECONDITION_FAILED - broker memory limit (100000) is reached",
                        BasicMethod.Publish.ID >>> 16,
                        BasicMethod.Publish.ID & 0xFFFF));
        assertThat(client.link.calls).noneMatch(call -> call.startsWith("publish"));
        client.send(1, new ChannelMethod.CloseOk());
        assertThat(client.link.heldBytes).isZero();
    }

    @Test
    void aReplyAddressIsRefused_406() {
        client.link.nextRefusal = new Refusal.LimitReached("broker memory", 7);
        client.send(1, new BasicMethod.Consume("amq.rabbitmq.reply-to", "c", false, true, false, false, Map.of()));
        assertThat(lastAnswer())
                .isEqualTo(new ChannelMethod.Close(
                        406,
                        "PRECONDITION_FAILED - broker memory limit (7) is reached",
                        BasicMethod.Consume.ID >>> 16,
                        BasicMethod.Consume.ID & 0xFFFF));
    }

    @Test
    void aThousandKeysOfAHeldMessageCount() {
        client.send(1, new TxMethod.Select());
        List<String> keys =
                IntStream.range(0, 1_000).mapToObj(Integer::toString).toList();
        client.publish("k", "x", properties(PropertyEditor.empty().header("CC", keys)));
        assertThat(client.link.heldBytes - idleBytes).isGreaterThan(100_000);
        client.send(1, new TxMethod.Rollback());
        assertThat(client.link.heldBytes).isEqualTo(idleBytes);
    }

    @Test
    void whatIsCommittedIsGivenBackAndNoMoreThanThat() {
        client.send(1, new TxMethod.Select());
        for (int rounds = 0; rounds < 3; rounds++) {
            for (int i = 0; i < 1_200 * rounds + 2; i++) {
                client.publish("key" + i, "x".repeat(1 + i % 100));
            }
            client.send(1, new TxMethod.Commit());
            client.wire.runTasks();
            assertThat(lastAnswer()).isEqualTo(new TxMethod.CommitOk());
            assertThat(client.link.heldBytes).isEqualTo(idleBytes);
            assertThat(client.wire.contentBytes()).isZero();
        }
        client.publish("k", "x");
        client.send(1, new TxMethod.Rollback());
        assertThat(client.link.heldBytes).isEqualTo(idleBytes);
        client.send(1, new ChannelMethod.Close(200, "", 0, 0));
        client.wire.runTasks();
        assertThat(client.link.heldBytes).isZero();
        assertThat(client.wire.contentBytes()).isZero();
    }

    @Test
    void publishesThatWaitForTheirConfirmCount() {
        client.link.durable = 0;
        client.send(1, new ConfirmMethod.Select(true));
        ByteBuf persistent = properties(PropertyEditor.empty().deliveryMode(2));
        for (int i = 0; i < 10_000; i++) {
            client.publish("k", "x", persistent);
        }
        assertThat(client.link.heldBytes - idleBytes).isGreaterThanOrEqualTo(10_000 * Long.BYTES);
        client.link.makeDurable(10_000);
        client.publish("k", "x", persistent);
        assertThat(client.link.heldBytes - idleBytes).isLessThan(1_000);
        client.send(1, new ChannelMethod.Close(200, "", 0, 0));
        assertThat(client.link.heldBytes).isZero();
    }

    @Test
    void aPublisherWithTooManyUnansweredIsNotReadBeforeHalfOfThemAreAnswered() {
        client.link.durable = 0;
        client.send(1, new ConfirmMethod.Select(true));
        client.publish("k", "x", properties(PropertyEditor.empty().deliveryMode(2)));
        ByteBuf many = Unpooled.buffer();
        ByteBuf one = TestClient.message(1, new BasicMethod.Publish("ex", "k", false, false), BasicProperties.NONE);
        for (int i = 0; i < 1_000; i++) {
            many.writeBytes(one.duplicate());
        }
        for (int i = 0; i < 510; i++) {
            client.sendBytes(many.copy());
        }
        assertThat(client.link.calls).hasSize(500_000);
        client.link.makeDurable(1);
        client.wire.runTasks();
        assertThat(client.link.calls).hasSize(510_001);
    }

    @Test
    void messagesThatAreFetchedFromManyQueuesCount() {
        for (int i = 0; i < 1_000; i++) {
            client.link.fetchable.add(TestMessage.of("m" + i));
            client.send(1, new BasicMethod.Get("q" + i % 7, false));
        }
        long bytesForEach = 40 + UnsettledWindow.ROW_BYTES;
        assertThat(client.link.heldBytes - idleBytes).isGreaterThanOrEqualTo(1_000 * bytesForEach);
        client.send(1, new BasicMethod.Ack(0, true));
        assertThat(client.link.heldBytes - idleBytes).isLessThan(1_100L * UnsettledWindow.ROW_BYTES);
        client.send(1, new ChannelMethod.Close(200, "", 0, 0));
        assertThat(client.link.heldBytes).isZero();
    }

    @Test
    void purgesThatWantNoAnswerComeOneAfterTheOther() {
        client.link.worksWait = true;
        for (int i = 0; i < 100; i++) {
            client.send(1, new QueueMethod.Purge("q", true));
        }
        assertThat(client.link.takeCalls()).containsExactly("purgeQueue q");
        client.link.doWorks();
        client.wire.runTasks();
        assertThat(client.link.takeCalls()).hasSize(99).containsOnly("purgeQueue q");
    }

    @Test
    void requestsThatWantNoAnswerWaitForALogThatLags() {
        client.link.congested = true;
        for (int i = 0; i < 10; i++) {
            client.send(1, new QueueMethod.Declare("q" + i, false, true, false, false, true, Map.of()));
            client.send(1, new ExchangeMethod.Delete("e" + i, false, true));
        }
        assertThat(client.link.takeCalls()).hasSize(1);
        client.link.congested = false;
        client.link.listener.relieved();
        client.wire.runTasks();
        assertThat(client.link.takeCalls()).hasSize(19);
    }

    @Test
    void ofClientPropertiesOnlyWhatIsNeededIsKept() {
        ClientDescription kept = ClientDescription.of(
                client.wire.connection().remoteAddress(),
                Map.of(
                        "connection_name",
                        "n".repeat(4_000),
                        "capabilities",
                        Map.of("connection.blocked", true, "consumer_cancel_notify", false, "else", true)));
        assertThat(kept.connectionName()).hasSize(255);
        assertThat(kept.capabilities()).containsExactly("connection.blocked");
    }
}
