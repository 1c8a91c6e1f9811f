package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.QueueMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Consuming and settling (clause 1.8). */
class ConsumeTest {
    private final TestClient client = TestClient.running();

    private static BasicMethod.Consume consume(String tag) {
        return new BasicMethod.Consume("q", tag, false, false, false, false, Map.of());
    }

    private void consumeAs(String... tags) {
        for (String tag : tags) {
            client.send(1, consume(tag));
        }
        client.take();
        client.link.takeCalls();
    }

    private boolean deliver(String tag, String body) {
        return client.link.deliver(tag, TestMessage.of(body));
    }

    private void deliverAll(String tag, String... bodies) {
        for (String body : bodies) {
            assertThat(deliver(tag, body)).isTrue();
        }
        client.wire.runTasks();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void subscribesWithTheArgumentsGiven() {
        client.send(1, new BasicMethod.Consume("q", "c", true, true, true, false, Map.of("x-priority", 5)));
        assertThat(client.link.takeCalls()).containsExactly("subscribe q ON_DELIVERY EXCLUSIVE {x-priority=5}");
        assertThat(client.take()).containsExactly(new BasicMethod.ConsumeOk("c"));
    }

    @Test
    void makesUpTagsForConsumersWithout() {
        client.send(1, consume(""));
        client.send(1, consume(""));
        List<Object> answers = client.take();
        assertThat(answers)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allSatisfy(answer -> assertThat(((BasicMethod.ConsumeOk) answer).consumerTag())
                        .startsWith("amq.ctag-"));
    }

    @Test
    void refusesATagInUse_530() {
        consumeAs("c");
        client.send(1, consume("c"));
        assertThat(client.take())
                .containsExactly(
                        new ConnectionMethod.Close(530, "NOT_ALLOWED - attempt to reuse consumer tag 'c'", 60, 20));
    }

    @Test
    void deliversMethodHeaderAndBody() {
        consumeAs("c");
        client.link.deliver("c", TestMessage.of("hello").again(-1));
        List<Object> frames = client.take();
        assertThat(frames.get(0)).isEqualTo(new BasicMethod.Deliver("c", 1, true, "ex", "key"));
        assertThat(((BasicProperties) frames.get(1)).length()).isEqualTo(2);
        assertThat(frames.get(2)).isEqualTo("hello");
    }

    @Test
    void splitsLargeBodiesByFrameMax() {
        Amqp091Options options = Amqp091Options.standard().withFrameMaxBytes(40_000);
        try (TestClient other = TestClient.running(options)) {
            other.send(1, consume("c"));
            other.take();
            other.link.deliver("c", TestMessage.of("x".repeat(100_000)));
            List<Object> frames = other.take();
            assertThat(frames.subList(2, frames.size()))
                    .containsExactly("x".repeat(39_992), "x".repeat(39_992), "x".repeat(20_016));
        }
    }

    @Test
    void settlesOneOrManyOrAll() {
        consumeAs("c");
        deliverAll("c", "a", "b", "c", "d", "e", "f");
        client.send(1, new BasicMethod.Ack(2, false));
        client.send(1, new BasicMethod.Ack(3, true));
        client.send(1, new BasicMethod.Reject(4, true));
        client.send(1, new BasicMethod.Nack(5, false, false));
        client.send(1, new BasicMethod.Nack(0, true, true));
        assertThat(client.link.takeCalls())
                .containsExactly(
                        "settle b ACCEPT",
                        "settle a ACCEPT",
                        "settle c ACCEPT",
                        "settle d REQUEUE",
                        "settle e REJECT",
                        "settle f RELEASE");
    }

    @Test
    void keepsWhatIsRejectedUntilTheLogHasCaughtUp() {
        consumeAs("c");
        deliverAll("c", "a", "b", "c");
        client.link.lagging = true;
        client.send(1, new BasicMethod.Ack(1, false));
        client.send(1, new BasicMethod.Nack(2, false, false));
        client.send(1, new BasicMethod.Ack(3, false));
        assertThat(client.link.takeCalls()).containsExactly("settle a ACCEPT");
        client.link.lagging = false;
        client.link.listener.relieved();
        client.wire.runTasks();
        assertThat(client.link.takeCalls()).containsExactly("settle b REJECT", "settle c ACCEPT");
    }

    @Test
    void refusesTagsThatItDoesNotKnow_406() {
        consumeAs("c");
        deliverAll("c", "a");
        client.send(1, new BasicMethod.Ack(7, true));
        assertThat(client.take())
                .last()
                .isEqualTo(new ChannelMethod.Close(406, "PRECONDITION_FAILED - unknown delivery tag 7", 60, 80));
        assertThat(client.link.takeCalls()).containsExactly("settle a REQUEUE", "cancel c");
    }

    @Test
    void refusesToSettleTwice_406() {
        consumeAs("c");
        deliverAll("c", "a");
        client.send(1, new BasicMethod.Ack(1, false));
        client.send(1, new BasicMethod.Ack(1, false));
        assertThat(client.take()).last().isInstanceOf(ChannelMethod.Close.class);
    }

    @Test
    void acceptsToSettleAllWhenThereIsNothing() {
        client.send(1, new BasicMethod.Ack(0, true));
        assertThat(client.take()).isEmpty();
    }

    @Test
    void limitsConsumersStartedAfterQos() {
        consumeAs("before");
        client.send(1, new BasicMethod.Qos(0, 2, false));
        consumeAs("after");
        deliverAll("after", "a", "b");
        assertThat(deliver("after", "c")).isFalse();
        deliverAll("before", "d", "e", "f");
        client.send(1, new BasicMethod.Ack(1, false));
        assertThat(client.link.resumed).containsExactly(Map.entry("after", 1));
        assertThat(deliver("after", "c")).isTrue();
    }

    @Test
    void limitsTheChannelAtOnce() {
        consumeAs("one", "two");
        client.send(1, new BasicMethod.Qos(0, 3, true));
        deliverAll("one", "a", "b");
        deliverAll("two", "c");
        assertThat(deliver("one", "d")).isFalse();
        assertThat(deliver("two", "d")).isFalse();
        client.send(1, new BasicMethod.Ack(1, false));
        assertThat(client.link.resumed).containsOnlyKeys("one", "two");
    }

    @Test
    void goesOnWhenTheLimitIsRaised() {
        client.send(1, new BasicMethod.Qos(0, 1, true));
        consumeAs("c");
        deliverAll("c", "a");
        assertThat(deliver("c", "b")).isFalse();
        client.send(1, new BasicMethod.Qos(0, 0, true));
        assertThat(client.link.resumed).containsKey("c");
        deliverAll("c", "b", "c", "d");
    }

    @Test
    void doesNotCountWhatDeliveringSettles() {
        client.send(1, new BasicMethod.Qos(0, 1, false));
        client.send(1, new BasicMethod.Consume("q", "c", false, true, false, false, Map.of()));
        for (int i = 0; i < 10; i++) {
            assertThat(client.link.deliver("c", TestMessage.of("m").settledByDelivery()))
                    .isTrue();
        }
    }

    @Test
    void refusesPrefetchInOctets_540() {
        client.send(1, new BasicMethod.Qos(10, 0, false));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(540, "NOT_IMPLEMENTED - prefetch_size!=0 (10)", 60, 10));
    }

    @Test
    void cancelsAndKeepsWhatIsUnsettled() {
        consumeAs("c");
        deliverAll("c", "a");
        client.take();
        client.send(1, new BasicMethod.Cancel("c", false));
        client.send(1, new BasicMethod.Cancel("unknown", false));
        client.send(1, new BasicMethod.Ack(1, false));
        assertThat(client.take()).containsExactly(new BasicMethod.CancelOk("c"), new BasicMethod.CancelOk("unknown"));
        assertThat(client.link.takeCalls()).containsExactly("cancel c", "settle a ACCEPT");
    }

    @Test
    void tellsClientsThatAskThatTheirQueueIsGone() {
        consumeAs("c");
        client.link.sink("c").cancelled();
        assertThat(client.take()).containsExactly(new BasicMethod.Cancel("c", true));
        client.send(1, new ChannelMethod.Close(200, "bye", 0, 0));
        assertThat(client.link.takeCalls()).isEmpty();
    }

    @Test
    void answersTheDeletionOfAQueueBeforeItTellsTheConsumersOfTheSameChannel() {
        consumeAs("c");
        client.link.durable = 0;
        client.link.whenQueueIsDeleted = client.link.sink("c")::cancelled;
        client.send(1, new QueueMethod.Delete("q", false, false, false));
        assertThat(client.take()).isEmpty();
        client.link.makeDurable(Long.MAX_VALUE);
        assertThat(client.take()).containsExactly(new QueueMethod.DeleteOk(5), new BasicMethod.Cancel("c", true));
    }

    @Test
    void fetchesSingleMessages() {
        client.link.fetchable.add(TestMessage.of("a"));
        client.link.fetchable.add(TestMessage.of("b"));
        client.send(1, new BasicMethod.Get("q", false));
        client.send(1, new BasicMethod.Get("q", true));
        client.send(1, new BasicMethod.Get("q", true));
        List<Object> frames = client.take();
        assertThat(frames.get(0)).isEqualTo(new BasicMethod.GetOk(1, false, "ex", "key", 3));
        assertThat(frames.get(2)).isEqualTo("a");
        assertThat(frames.get(3)).isEqualTo(new BasicMethod.GetOk(2, false, "ex", "key", 3));
        assertThat(frames.get(6)).isEqualTo(new BasicMethod.GetEmpty());
        client.send(1, new BasicMethod.Ack(1, false));
        assertThat(client.link.takeCalls()).last().isEqualTo("settle a ACCEPT");
    }

    @Test
    void recoversInOrder() {
        consumeAs("c");
        deliverAll("c", "a", "b", "c");
        client.send(1, new BasicMethod.Ack(2, false));
        client.take();
        client.link.takeCalls();
        client.send(1, new BasicMethod.Recover(true));
        client.send(1, new BasicMethod.RecoverAsync(true));
        assertThat(client.take()).containsExactly(new BasicMethod.RecoverOk());
        assertThat(client.link.takeCalls()).containsExactly("settle a RELEASE", "settle c RELEASE");
    }

    @Test
    void refusesToRecoverToTheSameConsumer_540() {
        client.send(1, new BasicMethod.Recover(false));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(540, "NOT_IMPLEMENTED - requeue=false", 60, 110));
    }

    @Test
    void requeuesInOrderBeforeItsSubscriptionsEnd() {
        consumeAs("one", "two");
        deliverAll("one", "a");
        deliverAll("two", "b");
        deliverAll("one", "c");
        client.send(1, new ChannelMethod.Close(200, "bye", 0, 0));
        assertThat(client.link.takeCalls())
                .containsExactly(
                        "settle a REQUEUE", "settle b REQUEUE", "settle c REQUEUE", "cancel one", "cancel two");
    }

    @Test
    void givesNoCreditWhileThePeerDoesNotTakeBytesAndAsksAgainAfterwards() {
        consumeAs("c");
        String large = "x".repeat(10_000);
        List<Boolean> delivered = new ArrayList<>();
        client.inOneTurn(() -> {
            for (int i = 0; i < 40; i++) {
                delivered.add(deliver("c", large));
            }
        });
        assertThat(delivered).startsWith(true, true, true, true, true, true).endsWith(false, false, false);
        assertThat(client.link.resumed).containsKey("c");
        assertThat(deliver("c", large)).isTrue();
    }

    @Test
    void endsItsConsumersWithTheConnection() {
        consumeAs("c");
        deliverAll("c", "a");
        client.wire.endByPeer();
        assertThat(client.link.takeCalls()).containsExactly("settle a REQUEUE", "cancel c", "close");
    }
}
