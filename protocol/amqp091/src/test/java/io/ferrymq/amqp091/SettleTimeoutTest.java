package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.QueueMethod;
import io.ferrymq.amqp091.codec.TxMethod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RabbitMQ's delivery acknowledgement timeout. */
class SettleTimeoutTest {
    private final TestClient client = running(1_000);

    private static TestClient running(long consumerTimeoutMillis) {
        Amqp091Options quiet =
                Amqp091Options.standard().withHeartbeatSeconds(0).withConsumerTimeoutMillis(consumerTimeoutMillis);
        return TestClient.running(quiet);
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    private static ChannelMethod.Close timedOut(int channel, long millis) {
        return new ChannelMethod.Close(
                406,
                "PRECONDITION_FAILED - delivery acknowledgement on channel " + channel
                        + " timed out. Timeout value used: " + millis
                        + " ms. This timeout value can be configured, see consumers doc guide to learn more",
                0,
                0);
    }

    private static void consume(TestClient client, int channel, String tag, boolean noAck) {
        client.send(channel, new BasicMethod.Consume("q", tag, false, noAck, false, false, Map.of()));
        client.take();
        client.link.takeCalls();
    }

    private void pass(long millis) {
        pass(client, millis);
    }

    private static void pass(TestClient client, long millis) {
        for (long passed = 0; passed < millis; passed += 50) {
            client.wire.advanceMillis(50);
        }
    }

    @Test
    void closesTheChannelAndGivesEverythingBack_406() {
        consume(client, 1, "c", false);
        client.link.deliver("c", TestMessage.of("a"));
        client.link.deliver("c", TestMessage.of("b"));
        client.wire.runTasks();
        client.take();

        pass(950);
        assertThat(client.take()).isEmpty();
        pass(300);
        assertThat(client.take()).containsExactly(timedOut(1, 1_000));
        assertThat(client.link.takeCalls()).containsExactly("settle a RELEASE", "settle b RELEASE", "cancel c");
        assertThat(client.wire.isClosed()).isFalse();
    }

    @Test
    void noAnswerFollowsTheCloseOfItsChannel() {
        consume(client, 1, "c", false);
        client.link.deliver("c", TestMessage.of("a"));
        client.wire.runTasks();
        client.take();
        client.link.durable = 0;
        client.link.sequence = 1;
        client.send(1, new QueueMethod.Declare("late", false, true, false, false, false, Map.of()));
        pass(1_300);
        assertThat(client.take()).containsExactly(timedOut(1, 1_000));
        client.link.makeDurable(9);
        assertThat(client.take()).isEmpty();
        client.send(1, new ChannelMethod.CloseOk());
        client.send(1, new ChannelMethod.Open());
        assertThat(client.take()).containsExactly(new ChannelMethod.OpenOk());
    }

    @Test
    void leavesChannelsAloneThatSettleInTime() {
        consume(client, 1, "c", false);
        for (long tag = 1; tag <= 20; tag++) {
            client.link.deliver("c", TestMessage.of("m" + tag));
            pass(900);
            client.send(1, new BasicMethod.Ack(tag, false));
        }
        pass(5_000);
        assertThat(client.take()).noneMatch(ChannelMethod.Close.class::isInstance);
    }

    @Test
    void leavesOtherChannelsAlone() {
        client.send(2, new ChannelMethod.Open());
        consume(client, 1, "c", false);
        consume(client, 2, "d", false);
        client.link.deliver("d", TestMessage.of("a"));
        client.wire.runTasks();
        client.take();
        pass(1_300);
        assertThat(client.takeFrames()).containsExactly(new TestClient.Received(2, timedOut(2, 1_000)));
    }

    @Test
    void looksBehindWhatIsSettledOutOfOrder() {
        consume(client, 1, "c", false);
        client.link.deliver("c", TestMessage.of("a"));
        client.link.deliver("c", TestMessage.of("b"));
        pass(500);
        client.link.deliver("c", TestMessage.of("c"));
        client.send(1, new BasicMethod.Ack(1, false));
        client.send(1, new BasicMethod.Ack(3, false));
        client.take();
        pass(700);
        assertThat(client.take()).containsExactly(timedOut(1, 1_000));
    }

    @Test
    void holdsForSingleFetches() {
        client.link.fetchable.add(TestMessage.of("a"));
        client.send(1, new BasicMethod.Get("q", false));
        client.take();
        pass(1_300);
        assertThat(client.take()).containsExactly(timedOut(1, 1_000));
    }

    @Test
    void aFetchThatWaitsForTheDiskTakesNothingOnceItsChannelIsClosed() {
        client.link.fetchable.add(TestMessage.of("a"));
        client.send(1, new BasicMethod.Get("q", false));
        client.take();
        client.link.makeDurable(-1);
        client.send(1, new BasicMethod.Get("q", false));
        pass(1_300);
        assertThat(client.take()).containsExactly(timedOut(1, 1_000));
        client.link.fetchable.add(TestMessage.of("b"));
        client.link.makeDurable(Long.MAX_VALUE);
        assertThat(client.link.fetchable).hasSize(1);
        assertThat(client.take()).isEmpty();
    }

    @Test
    void holdsForSingleFetchesAsTheirQueueSays() {
        client.link.fetchable.add(TestMessage.of("a").within(200));
        client.send(1, new BasicMethod.Get("q", false));
        client.take();
        pass(450);
        assertThat(client.take()).containsExactly(timedOut(1, 200));
    }

    @Test
    void asksNothingOfConsumersThatNeedNotSettle() {
        consume(client, 1, "c", true);
        client.link.deliver("c", TestMessage.of("a"));
        client.wire.runTasks();
        client.take();
        pass(5_000);
        assertThat(client.take()).isEmpty();
    }

    @Test
    void takesTheTimeoutOfTheConsumerAndNoOther() {
        client.link.queueTimeoutMillis = 3_000;
        consume(client, 1, "slow", false);
        client.link.queueTimeoutMillis = 300;
        consume(client, 1, "quick", false);
        client.link.deliver("slow", TestMessage.of("a"));
        client.wire.runTasks();
        client.take();
        pass(2_900);
        assertThat(client.take()).isEmpty();
        client.link.deliver("quick", TestMessage.of("b"));
        client.send(1, new BasicMethod.Ack(1, false));
        client.wire.runTasks();
        client.take();
        pass(500);
        assertThat(client.take()).containsExactly(timedOut(1, 300));
    }

    @Test
    void waitsForEverWhereNobodySetsATimeout() {
        try (TestClient patient = running(Long.MAX_VALUE)) {
            consume(patient, 1, "c", false);
            patient.link.deliver("c", TestMessage.of("a"));
            patient.wire.runTasks();
            patient.take();
            patient.wire.advanceMillis(Long.MAX_VALUE / 4_000_000);
            assertThat(patient.take()).isEmpty();
        }
    }

    @Test
    void countsWhatATransactionHoldsBackAsSettled() {
        client.send(1, new TxMethod.Select());
        consume(client, 1, "c", false);
        client.link.deliver("c", TestMessage.of("a"));
        client.send(1, new BasicMethod.Ack(1, false));
        client.wire.runTasks();
        client.take();
        pass(3_000);
        assertThat(client.take()).isEmpty();
        client.send(1, new TxMethod.Rollback());
        client.take();
        pass(1_300);
        assertThat(client.take()).isEqualTo(List.of(timedOut(1, 1_000)));
    }
}
