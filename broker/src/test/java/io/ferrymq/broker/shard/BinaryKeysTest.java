package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.Octets;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Routing keys that are no UTF-8 go wherever a message goes, and come out as they came in. */
final class BinaryKeysTest {
    private static final ShortText KEY = key(255);

    private World world = World.fresh();
    private Guest guest = new Guest(world);

    BinaryKeysTest() throws IOException {}

    private static ShortText key(int length) {
        byte[] octets = new byte[length];
        Arrays.fill(octets, (byte) 0xFF);
        return ShortText.of(Unpooled.wrappedBuffer(octets), 0, length);
    }

    private void declare(Object... arguments) {
        for (String exchange : List.of("in", "dlx")) {
            guest.link.declareExchange(new ExchangeSpec(exchange, ExchangeType.FANOUT, true, false, false, Map.of()));
        }
        guest.declare("q", arguments);
        guest.declare("dead");
        guest.link.bindQueue("q", "in", "", Map.of());
        guest.link.bindQueue("dead", "dlx", "", Map.of());
    }

    private void publish(String body, long delayMillis) {
        Publication message = Guest.message("message_id=" + body, body);
        message.address(ShortText.of("in"), KEY, List.of(KEY.text()), List.of(KEY.text()));
        message.delays(delayMillis, 0);
        guest.link.publish(message);
        world.settle();
    }

    private void restart() throws IOException {
        world = world.restart();
        guest = new Guest(world);
    }

    private void requireDead(Death.Reason reason) {
        Inbox inbox = guest.fetch("dead");
        assertThat(inbox.received).hasSize(1);
        assertThat(inbox.last().routingKey()).isEqualTo(KEY.text());
        History history = Objects.requireNonNull(inbox.last().history());
        assertThat(history.first().reason()).isEqualTo(reason);
        assertThat(history.first().routingKeys().getFirst()).isEqualTo(KEY.text());
        assertThat(Octets.encode(history.first().routingKeys().getFirst())).isEqualTo(KEY.utf8());
    }

    @Test
    void diesOfAgeBeforeAndAfterARestart() throws IOException {
        declare("x-message-ttl", 1_000L, "x-dead-letter-exchange", "dlx");
        publish("a", 0);
        restart();
        world.pass(2_000);
        requireDead(Death.Reason.EXPIRED);
    }

    @Test
    void isRejectedAndFailsTooOften() {
        declare("x-queue-type", "quorum", "x-delivery-limit", 1L, "x-dead-letter-exchange", "dlx");
        publish("a", 0);
        guest.link.settle(guest.fetch("q").held(0), Settlement.REJECT);
        world.settle();
        requireDead(Death.Reason.REJECTED);
        publish("b", 0);
        guest.link.settle(guest.fetch("q").held(0), Settlement.REQUEUE);
        guest.link.settle(guest.fetch("q").held(0), Settlement.REQUEUE);
        world.settle();
        requireDead(Death.Reason.DELIVERY_LIMIT);
    }

    @Test
    void isDroppedFromAFullQueueAndRefusedByOne() {
        declare("x-max-length", 0L, "x-dead-letter-exchange", "dlx");
        publish("a", 0);
        requireDead(Death.Reason.MAXLEN);
    }

    @Test
    void isDelayedAndDies() throws IOException {
        declare("x-max-length", 0L, "x-overflow", "reject-publish-dlx", "x-dead-letter-exchange", "dlx");
        publish("a", 1_000);
        restart();
        world.pass(2_000);
        requireDead(Death.Reason.MAXLEN);
    }

    @Test
    void isNotTakenForAnotherKey() {
        guest.declare("q");
        guest.link.bindQueue("q", "amq.direct", "\uFFFD", Map.of());
        guest.link.bindQueue("q", "amq.topic", "\uFFFD", Map.of());
        for (String exchange : List.of("amq.direct", "amq.topic")) {
            Publication message = Guest.message("", "a");
            message.address(ShortText.of(exchange), key(1), List.of());
            guest.link.publish(message);
            assertThat(message.outcome()).isEqualTo(Publication.Outcome.UNROUTED);
        }
    }
}
