package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.log.FakeDisk;
import io.ferrymq.log.LogOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What publishers are told when the broker cannot keep up. */
final class BackPressureTest {
    private static final long DISK_FREE_MIN = 1_000_000;

    /** As small as {@link World#SMALL_LOG}, but for the memory that transient messages may take. */
    private static final LogOptions ROOMY_LOG =
            new LogOptions(0, 16 << 10, 2 << 10, 8 << 10, 1 << 20, 1 << 10, 2, 8 << 10, 60_000, 0);

    private static World world(long pendingBytesMax) throws IOException {
        return world(Long.MAX_VALUE, pendingBytesMax, World.SMALL_LOG);
    }

    private static World world(long memoryBytesMax, long pendingBytesMax, LogOptions log) throws IOException {
        BrokerOptions options =
                new BrokerOptions(100, memoryBytesMax, DISK_FREE_MIN, pendingBytesMax, 20, 1, 1, Set.of("guest"));
        return World.open(new FakeDisk(), 1_000, options, log);
    }

    private static void publish(Guest guest, boolean persistent, int count) {
        for (int i = 0; i < count; i++) {
            guest.send("q", "x".repeat(500), persistent, 0, -1);
        }
    }

    @Test
    void whoWasCongestedIsRelievedOnceWhenTheLogHasCaughtUp() throws IOException {
        World world = world(10_000);
        Guest guest = new Guest(world);
        Guest idle = new Guest(world);
        guest.declare("q");
        world.settle();
        assertThat(guest.link.congested()).isFalse();
        publish(guest, true, 40);
        assertThat(guest.link.congested()).isTrue();
        world.settle();
        assertThat(guest.heard).containsOnlyOnce("relieved");
        assertThat(idle.heard).isEmpty();
        assertThat(guest.link.congested()).isFalse();
    }

    @Test
    void whoWasCongestedByTransientMessagesAloneIsRelievedToo() throws IOException {
        World world = world(2_000);
        Guest guest = new Guest(world);
        guest.declareTransient("q");
        world.settle();
        publish(guest, false, 60);
        assertThat(guest.link.congested()).isTrue();
        world.pass(1_000);
        assertThat(guest.heard).containsExactly("relieved");
    }

    @Test
    void aClosedLinkIsNotRelieved() throws IOException {
        World world = world(10_000);
        Guest guest = new Guest(world);
        guest.declare("q");
        publish(guest, true, 40);
        assertThat(guest.link.congested()).isTrue();
        guest.link.close();
        world.settle();
        assertThat(guest.heard).isEmpty();
    }

    @Test
    void allAreToldWhenTheDiskRunsLowAndWhenItNoLongerDoes() throws IOException {
        World world = world(10_000);
        Guest guest = new Guest(world);
        world.diskFreeBytes = DISK_FREE_MIN - 1;
        world.pass(1_000);
        Guest later = new Guest(world);
        assertThat(later.link.blockedReason()).isEqualTo("low on disk");
        world.pass(5_000);
        world.diskFreeBytes = DISK_FREE_MIN;
        world.pass(1_000);
        assertThat(guest.heard).containsExactly("blocked: low on disk", "unblocked");
        assertThat(later.heard).containsExactly("unblocked");
        assertThat(guest.link.blockedReason()).isNull();
    }

    @Test
    void messagesInMemoryBlockPublishersUntilTheyAreGone() throws IOException {
        World world = world(100_000, 1_000_000, ROOMY_LOG);
        Guest guest = new Guest(world);
        guest.declareTransient("q");
        publish(guest, false, 400);
        world.pass(1_000);
        assertThat(guest.heard).containsExactly("blocked: low on memory");
        guest.drain(world, "q");
        world.pass(1_000);
        assertThat(guest.heard).containsExactly("blocked: low on memory", "unblocked");
    }

    @Test
    void whatFindsNoRoomInAScratchFileDoesNotStopAPurgeThatTakesManyTurns() throws IOException {
        World world = world(2_000);
        Guest guest = new Guest(world);
        guest.declareTransient("q");
        world.quiet();
        world.disk.faults().limitCapacity(world.disk.usedBytes());
        for (int i = 0; i < 5_000; i++) {
            guest.publishTransient("q", "m");
        }
        world.settle();
        assertThat(world.log.pendingBytes()).isGreaterThan(2_000);
        guest.link.purgeQueue("q");
        List<String> answers = new ArrayList<>();
        guest.link.afterDurable(() -> answers.add("purged"));
        assertThat(answers).isEmpty();
        world.settle();
        assertThat(answers).containsExactly("purged");
        assertThat(world.log.pendingBytes()).isZero();
    }

    @Test
    void whatFindsNoRoomInAScratchFileIsHandedOutThoughSomethingBeforeItCannotBeBuried() throws IOException {
        World world = world(2_000);
        Guest guest = new Guest(world);
        guest.declareTransient("dead");
        guest.declareTransient("q", "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        world.quiet();
        world.disk.faults().limitCapacity(world.disk.usedBytes());
        for (int i = 0; i < 1_000; i++) {
            guest.send("q", "d" + i % 10, false, 0, i < 10 ? 10 : -1);
        }
        world.settle();
        assertThat(world.log.pendingBytes()).isGreaterThan(8_000);
        world.pass(20);
        assertThat(guest.ready("dead")).isZero();
        Inbox fetched = guest.fetch("q");
        assertThat(fetched.texts()).containsExactly("d0");
        assertThat(guest.ready("q")).isEqualTo(989);
        guest.link.settle(fetched.held(0), Settlement.ACCEPT);
        assertThat(world.log.pendingBytes()).isGreaterThan(8_000);
        Inbox inbox = guest.consumeSettled("q", Integer.MAX_VALUE);
        world.settle();
        assertThat(inbox.received).hasSize(989);
        world.pass(20);
        assertThat(guest.drain(world, "dead"))
                .containsExactly("d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9");
        assertThat(world.log.pendingBytes()).isZero();
        assertThat(guest.link.deleteQueue("q", Set.of())).isZero();
    }
}
