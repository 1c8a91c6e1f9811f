package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.log.FakeDisk;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A few messages that become very many inside the broker fill no more memory than there is, and all arrive in the end. */
final class MultipliedMessagesTest {
    private static final int HEAP_BYTES = 1_000_000;
    private static final int QUEUES = 100;
    private static final int MESSAGES = 8_000;
    private static final String FAN = "fan";

    /** Each queue takes memory by the page, and most begin another at the same time. */
    private static final int PAGES_BYTES = QUEUES * 4_096;

    private World world;
    private Guest guest;

    @BeforeEach
    void open() throws IOException {
        world = World.open(new FakeDisk(), 1_000_000, options(), World.SMALL_LOG);
        guest = new Guest(world);
        guest.link.declareExchange(new ExchangeSpec(FAN, ExchangeType.FANOUT, true, false, false, Map.of()));
        for (int i = 0; i < QUEUES; i++) {
            guest.declare("q" + i);
            guest.link.bindQueue("q" + i, FAN, "", Map.of());
        }
    }

    private static BrokerOptions options() {
        return BrokerOptions.defaults().withMemory(HEAP_BYTES, Long.MAX_VALUE / 2);
    }

    private void publishDelayed(long millis) {
        for (int i = 0; i < MESSAGES; i++) {
            Publication message = Guest.message("", "m");
            message.address(ShortText.of(FAN), ShortText.EMPTY, List.of());
            message.terms(true, 0, Publication.NEVER);
            message.delays(millis, 0);
            guest.link.publish(message);
            if (i % 100 == 0) {
                world.settle();
            }
        }
        world.settle();
    }

    /** Lets so much time pass as the broker would need to multiply them all. */
    private void passLong() {
        for (int i = 0; i < 300; i++) {
            world.pass(10);
            assertThat(world.broker.heapBytes()).isLessThan(HEAP_BYTES + PAGES_BYTES);
        }
    }

    private long ready() {
        long ready = 0;
        for (int i = 0; i < QUEUES; i++) {
            ready += guest.ready("q" + i);
        }
        return ready;
    }

    private void assertAllArriveAsRoomIsMade() {
        long arrived = 0;
        for (int round = 0; round < 200 && arrived < (long) QUEUES * MESSAGES; round++) {
            for (int i = 0; i < QUEUES; i++) {
                arrived += guest.link.purgeQueue("q" + i);
            }
            world.settle();
            passLong();
        }
        assertThat(arrived).isEqualTo((long) QUEUES * MESSAGES);
    }

    @Test
    void delayedMessagesThatAreDueWaitUntilThereIsRoom() {
        publishDelayed(1_000);
        passLong();
        assertThat(ready()).isBetween(1L, (long) QUEUES * MESSAGES - 1);
        assertAllArriveAsRoomIsMade();
    }

    @Test
    void aStartIsNoWorseThanGoingOn() throws IOException {
        publishDelayed(1_000);
        passLong();
        guest.link.close();
        world.stop();
        world = World.open(world.disk, world.lane.nowMillis(), options(), World.SMALL_LOG);
        guest = new Guest(world);
        passLong();
        assertAllArriveAsRoomIsMade();
    }

    @Test
    void deadLettersWaitUntilThereIsRoom() {
        guest.declare("dying", "x-message-ttl", 1_000, "x-dead-letter-exchange", FAN);
        for (int i = 0; i < MESSAGES; i++) {
            guest.publish("dying", "m");
        }
        passLong();
        assertThat(ready()).isBetween(1L, (long) QUEUES * MESSAGES - 1);
        assertThat(guest.ready("dying")).as("nobody waits behind the dead").isZero();
        assertAllArriveAsRoomIsMade();
    }

    @Test
    void whoPublishesIsToldThatThereIsNoRoom() {
        publishDelayed(1_000);
        passLong();
        assertThat(guest.link.areMessagesFull()).isTrue();
        assertThat(guest.heard).contains("blocked: low on memory");
        for (int i = 0; i < QUEUES; i++) {
            guest.link.deleteQueue("q" + i, java.util.Set.of());
        }
        passLong();
        assertThat(guest.link.areMessagesFull()).isFalse();
        assertThat(guest.heard).contains("unblocked");
    }
}
