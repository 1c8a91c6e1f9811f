package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.TxMethod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How much of a channel may be unsettled, whatever its prefetch. */
class UnsettledLimitTest {
    private final TestClient client =
            TestClient.running(Amqp091Options.standard().withUnsettledMax(32));

    private void consume(String tag) {
        client.send(1, new BasicMethod.Consume("q", tag, false, false, false, false, Map.of()));
        client.take();
    }

    private int deliverAsManyAsItTakes(String tag) {
        int count = 0;
        while (client.link.deliver(tag, TestMessage.of("m"))) {
            count++;
        }
        client.take();
        client.link.takeCalls();
        return count;
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void aConsumerWithoutPrefetchWaitsAtTheLimitAndGoesOnWhenASixteenthIsSettled() {
        consume("c");
        assertThat(deliverAsManyAsItTakes("c")).isEqualTo(32);
        client.send(1, new BasicMethod.Ack(2, true));
        assertThat(client.link.resumed).isEmpty();
        client.send(1, new BasicMethod.Ack(3, false));
        assertThat(client.link.resumed).containsEntry("c", 1);
        assertThat(deliverAsManyAsItTakes("c")).isEqualTo(3);
    }

    @Test
    void whatATransactionHoldsBackCountsUntilItIsCommitted() {
        client.send(1, new TxMethod.Select());
        consume("c");
        assertThat(deliverAsManyAsItTakes("c")).isEqualTo(32);
        client.send(1, new BasicMethod.Ack(0, true));
        assertThat(deliverAsManyAsItTakes("c")).isZero();
        client.send(1, new TxMethod.Commit());
        client.link.takeCalls();
        assertThat(deliverAsManyAsItTakes("c")).isEqualTo(32);
    }

    @Test
    void fetchingBeyondTheLimitClosesTheChannel_406() {
        consume("c");
        deliverAsManyAsItTakes("c");
        client.send(1, new BasicMethod.Get("q", false));
        assertThat(client.take())
                .isEqualTo(List.of(new ChannelMethod.Close(
                        406,
                        "PRECONDITION_FAILED - number of unsettled deliveries on the channel has reached the limit"
                                + " (32)",
                        60,
                        70)));
    }
}
