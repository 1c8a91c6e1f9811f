package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Chains of queues that hand a dead letter on: none is too long, and each message comes to the end of it once. */
final class DeadLetterChainTest {
    private static final int QUEUES = 1_200;

    private World world = World.fresh();
    private Guest guest = new Guest(world);

    DeadLetterChainTest() throws IOException {}

    /** Queues q0, q1, … that keep nothing, each of which leads to the next; the last one leads to {@code end}. */
    private void chain(String overflow) {
        for (int i = 0; i < QUEUES; i++) {
            String next = i + 1 < QUEUES ? "q" + (i + 1) : "end";
            guest.declare(
                    "q" + i,
                    "x-max-length",
                    0L,
                    "x-overflow",
                    overflow,
                    "x-dead-letter-exchange",
                    "",
                    "x-dead-letter-routing-key",
                    next);
        }
        guest.declare("end");
        world.settle();
    }

    private void passUntilQuiet() {
        for (int i = 0; i < QUEUES / Forwarding.LETTERS_MAX + 100; i++) {
            world.pass(2);
        }
    }

    private void requireAtTheEnd(String... texts) {
        passUntilQuiet();
        Inbox inbox = guest.consume("end", 100);
        world.settle();
        assertThat(inbox.texts()).containsExactly(texts);
        History history = Objects.requireNonNull(inbox.last().history());
        assertThat(history.deaths().size()).isGreaterThanOrEqualTo(QUEUES);
        assertThat(world.lane.breaks).isEmpty();
    }

    private void restart() throws IOException {
        world = World.open(world.disk.afterPowerLoss(new Random(7)), world.lane.nowMillis());
        guest = new Guest(world);
    }

    @Test
    void aPublishThatAllRefuseComesToTheEnd() {
        chain("reject-publish-dlx");
        Publication message = guest.send("q0", "a", true, 0, Publication.NEVER);
        assertThat(message.outcome()).isEqualTo(Publication.Outcome.REJECTED);
        requireAtTheEnd("a");
    }

    @Test
    void aMessageThatAllDropComesToTheEnd() {
        chain("drop-head");
        guest.publish("q0", "a");
        requireAtTheEnd("a");
    }

    @Test
    void aRejectedMessageComesToTheEnd() {
        chain("reject-publish-dlx");
        guest.declare("first", "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "q0");
        guest.publish("first", "a");
        world.settle();
        guest.link.settle(guest.fetch("first").held(0), Settlement.REJECT);
        requireAtTheEnd("a");
    }

    @Test
    void anExpiredMessageComesToTheEndThoughPowerIsLostOnTheWay() throws IOException {
        chain("reject-publish-dlx");
        guest.declare(
                "first", "x-message-ttl", 1_000L, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "q0");
        guest.publish("first", "a");
        world.settle();
        restart();
        world.pass(1_500);
        for (int i = 0; i < 5; i++) {
            world.pass(2);
            restart();
        }
        requireAtTheEnd("a");
    }

    @Test
    void aDelayedMessageComesToTheEnd() throws IOException {
        chain("reject-publish-dlx");
        Publication message = Guest.message("message_id=a", "a");
        message.address(ShortText.EMPTY, ShortText.of("q0"), List.of());
        message.delays(1_000, 0);
        guest.link.publish(message);
        world.settle();
        restart();
        world.pass(1_500);
        requireAtTheEnd("a");
    }

    @Test
    void oneGoSendsOnSoManyOnly() {
        chain("reject-publish-dlx");
        guest.publish("q0", "a");
        assertThat(world.broker.administration().delayedMessages("/").count())
                .as("on its way")
                .isEqualTo(1);
        requireAtTheEnd("a");
        assertThat(world.broker.administration().delayedMessages("/").count()).isZero();
    }
}
