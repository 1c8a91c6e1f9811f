package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.MessageFormats;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.broker.simulation.CrankedLane;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.PlainFormat;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.Crank;
import io.ferrymq.log.FakeDisk;
import io.ferrymq.log.JournaledLog;
import io.ferrymq.log.LogEnvironment;
import io.ferrymq.log.MemoryLog;
import io.ferrymq.log.RecordView;
import io.ferrymq.log.RecoveryTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A directory in which more durable queues were declared than the first range of numbers has. */
final class QueueNumbersTest {
    private static final long FIRST_RANGE_END = 1L << 30;

    /** A directory whose next durable queue gets this number. */
    private static FakeDisk countingFrom(long number) throws IOException {
        FakeDisk disk = new FakeDisk();
        Crank lane = new Crank();
        Crank journal = new Crank();
        Crank background = new Crank();
        LogEnvironment environment = new LogEnvironment(
                lane,
                journal,
                background,
                () -> 0,
                cause -> {
                    throw new AssertionError(cause);
                },
                () -> {});
        CommandLog log = JournaledLog.open(disk, World.SMALL_LOG, environment, new Nothing(), sequence -> {});
        log.append(RecordType.TOPOLOGY, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, 0);
        log.checkpoint(snapshotCountingFrom(number));
        Crank.settle(journal, lane, background);
        log.close();
        return disk;
    }

    /** Of a broker without anything: the version of the checkpoint, that of the topology, and the next number, 1. */
    private static ByteBuf snapshotCountingFrom(long number) {
        CrankedLane lane = new CrankedLane(0);
        ShardState state = new ShardState((log, topology, access) -> new Shard(
                lane,
                BrokerOptions.defaults(),
                new Timeline(lane::nowMillis, () -> lane.nowMillis() * 1_000_000),
                () -> "token",
                () -> 0,
                () -> 0,
                () -> 0,
                new MessageFormats(List.of(PlainFormat.INSTANCE)),
                log,
                topology,
                access));
        state.shardOn(new MemoryLog());
        ByteBuf fresh = state.snapshot();
        ByteBuf snapshot = Unpooled.buffer().writeBytes(fresh, 2);
        assertThat(Varint.read(fresh)).as("the next number").isEqualTo(1);
        Varint.write(snapshot, number);
        return snapshot.writeBytes(fresh);
    }

    private static final class Nothing implements RecoveryTarget {
        @Override
        public void restore(CommandLog log, long sequence, ByteBuf snapshot) {}

        @Override
        public void replay(CommandLog log, RecordView record) {}
    }

    @Test
    void queuesBeyondTheFirstRangeKeepTheirMessagesFromTheLogAndFromACheckpoint() throws IOException {
        World world = World.open(countingFrom(FIRST_RANGE_END - 2), 1_000_000);
        Guest guest = new Guest(world);
        for (String name : new String[] {"a", "b", "c", "d"}) {
            guest.declare(name, "x-queue-type", "quorum");
            guest.publish(name, "1 of " + name, "2 of " + name);
        }
        guest.declareTransient("t");
        world.settle();
        guest.link.settle(guest.fetch("c").held(0), Settlement.ACCEPT);
        guest.link.settle(guest.fetch("d").held(0), Settlement.REQUEUE);
        world.quiet();

        World found = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        World restarted = found.restart();
        Guest later = new Guest(restarted);
        assertThat(later.drain(restarted, "a")).containsExactly("1 of a", "2 of a");
        assertThat(later.drain(restarted, "b")).containsExactly("1 of b", "2 of b");
        assertThat(later.drain(restarted, "c")).containsExactly("2 of c");
        assertThat(later.drain(restarted, "d")).containsExactly("1 of d", "2 of d");
        later.declare("e");
        later.publish("e", "of e");
        assertThat(later.drain(restarted, "e")).containsExactly("of e");
    }

    @Test
    void whatABrokerLeftThatHadUsedTheFirstRangeUpIsGoneOnWith() throws IOException {
        World world = World.open(countingFrom(FIRST_RANGE_END), 1_000_000);
        Guest guest = new Guest(world);
        guest.declare("a");
        guest.publish("a", "of a");
        world.settle();
        World found = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        assertThat(new Guest(found).drain(found, "a")).containsExactly("of a");
    }
}
