package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.message.MessageFormats;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.broker.routing.Exchange;
import io.ferrymq.broker.simulation.CrankedLane;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.PlainFormat;
import io.ferrymq.broker.timer.Holder;
import io.ferrymq.broker.timer.Timetable;
import io.ferrymq.broker.topology.NamedBy;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueOwner;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.broker.topology.VhostSpec;
import io.ferrymq.broker.topology.VirtualHost;
import io.ferrymq.log.MemoryLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checkpoints of this version and of those before. */
final class ShardStateTest {
    private static final Holder AT_EXCHANGE = new Holder.AtExchange("/", "");

    private final CrankedLane lane = new CrankedLane(1_000_000);
    private final MemoryLog log = new MemoryLog();

    private ShardState newState() {
        return new ShardState((usedLog, topology, access) -> new Shard(
                lane,
                BrokerOptions.defaults(),
                new Timeline(lane::nowMillis, () -> lane.nowMillis() * 1_000_000),
                () -> "token",
                () -> 0,
                () -> 0,
                () -> 0,
                new MessageFormats(List.of(PlainFormat.INSTANCE)),
                usedLog,
                topology,
                access));
    }

    /** A virtual host with the queue {@code q} and a message that waits at the default exchange. */
    private ShardState filled() {
        ShardState state = newState();
        Shard shard = state.shardOn(log);
        shard.apply(shard.requests().createVhost(VhostSpec.named("/")));
        VirtualHost vhost = shard.topology().requireVhost("/");
        QueueSpec spec = new QueueSpec("q", true, false, false, QueueArguments.of(Map.of("x-ferry-celery", true)));
        shard.apply(shard.requests().declareQueue(vhost, spec, QueueOwner.NOBODY, NamedBy.CLIENT));
        Publication delayed = Guest.message("", "a");
        delayed.address(ShortText.EMPTY, ShortText.of("q"), List.of());
        delayed.delays(60_000, 0);
        publish(shard, delayed);
        return state;
    }

    private static void publish(Shard shard, Publication message) {
        VirtualHost vhost = shard.topology().requireVhost("/");
        Exchange exchange = vhost.routing().exchange("").orElseThrow();
        shard.publish(vhost, exchange, message);
    }

    private Shard restored(ByteBuf snapshot) {
        ShardState state = newState();
        state.restore(log, 0, snapshot);
        assertThat(snapshot.isReadable()).isFalse();
        return state.shardOn(log);
    }

    /** The snapshot as the version before wrote it: it does not say what time it is. */
    private ByteBuf ofVersionFour(ShardState state) {
        ByteBuf time = Unpooled.buffer();
        state.shardOn(log).timeline().encode(time);
        ByteBuf snapshot = state.snapshot();
        snapshot.setByte(0, 4);
        return snapshot.writerIndex(snapshot.writerIndex() - time.readableBytes());
    }

    /** The snapshot as the second version wrote it: no queue holds anything, nothing is revoked, and nothing rests. */
    private ByteBuf ofVersionTwo(ShardState state) {
        ByteBuf snapshot = ofVersionFour(state);
        ByteBuf timetable = Unpooled.buffer();
        state.shardOn(log).delays().encode(timetable);
        int timetableAt = snapshot.readableBytes() - timetable.readableBytes() - 3;
        ByteBuf holders = timetable.duplicate();
        assertThat(Varint.readInt(holders)).as("exchanges that hold").isEqualTo(1);
        Varint.readInt(holders);
        holders.skipBytes(Varint.readInt(holders));
        holders.skipBytes(Varint.readInt(holders));
        int queuesAt = holders.readerIndex();
        assertThat(Varint.readInt(holders)).as("queues that hold").isZero();
        return Unpooled.buffer()
                .writeByte(2)
                .writeBytes(snapshot, 1, timetableAt - 1)
                .writeBytes(timetable, 0, queuesAt)
                .writeBytes(timetable, queuesAt + 1, timetable.readableBytes() - queuesAt - 1);
    }

    /** The snapshot as version 3 wrote it: there are no error lists, not even none. */
    private ByteBuf ofVersionThree(ShardState state) {
        ByteBuf snapshot = ofVersionFour(state);
        return snapshot.setByte(0, 3).writerIndex(snapshot.writerIndex() - 1);
    }

    private ByteBuf ofVersionOne(ShardState state) {
        ByteBuf snapshot = ofVersionFour(state);
        ByteBuf timetable = Unpooled.buffer();
        state.shardOn(log).delays().encode(timetable);
        return Unpooled.buffer()
                .writeByte(1)
                .writeBytes(snapshot, 1, snapshot.readableBytes() - timetable.readableBytes() - 4);
    }

    @Test
    void readsWhatItWrote() {
        ShardState state = filled();
        Shard shard = state.shardOn(log);
        publish(shard, task());
        Timetable timetable = restored(state.snapshot()).delays().timetable();
        assertThat(timetable.size()).isEqualTo(2);
        assertThat(timetable.count(AT_EXCHANGE)).isEqualTo(1);
        assertThat(timetable.count(new Holder.AtQueue("/", 1))).isEqualTo(1);
    }

    private static Publication task() {
        Publication task = Guest.message("task=t\nid=b\neta=2100-01-01T00:00:00Z", "b");
        task.address(ShortText.EMPTY, ShortText.of("q"), List.of());
        return task;
    }

    @Test
    void growsByPartsThatStayWhereTheyAre() {
        ShardState state = filled();
        Shard shard = state.shardOn(log);
        VirtualHost vhost = shard.topology().requireVhost("/");
        for (int i = 0; i < 120; i++) {
            QueueArguments arguments = QueueArguments.of(Map.of("x-note", "n".repeat(100_000)));
            QueueSpec spec = new QueueSpec("q" + i, true, false, false, arguments);
            shard.apply(shard.requests().declareQueue(vhost, spec, QueueOwner.NOBODY, NamedBy.CLIENT));
        }
        ByteBuf snapshot = state.snapshot();
        assertThat(snapshot.readableBytes()).isGreaterThan(12_000_000);
        assertThat(snapshot.nioBuffers())
                .allSatisfy(part -> assertThat(part.remaining()).isLessThanOrEqualTo(4 << 20));
        assertThat(restored(snapshot).topology().requireVhost("/").queues()).hasSize(121);
        snapshot.release();
    }

    @Test
    void readsTheVersionWithoutErrorLists() {
        Shard shard = restored(ofVersionThree(filled()));
        assertThat(shard.topology().requireVhost("/").queue("q")).isPresent();
        assertThat(shard.delays().timetable().count(AT_EXCHANGE)).isEqualTo(1);
    }

    @Test
    void readsTheVersionThatDoesNotSayWhatTimeItIs() {
        ShardState state = filled();
        publish(state.shardOn(log), task());
        Timetable timetable = restored(ofVersionFour(state)).delays().timetable();
        assertThat(timetable.size()).isEqualTo(2);
    }

    @Test
    void readsTheVersionWhereNoQueueHoldsAnything() {
        Shard shard = restored(ofVersionTwo(filled()));
        assertThat(shard.topology().requireVhost("/").queue("q")).isPresent();
        assertThat(shard.delays().timetable().count(AT_EXCHANGE)).isEqualTo(1);
        publish(shard, task());
        assertThat(shard.delays().timetable().size()).isEqualTo(2);
    }

    @Test
    void readsTheVersionWhereNothingWaitsForItsTime() {
        Shard shard = restored(ofVersionOne(filled()));
        assertThat(shard.topology().requireVhost("/").queue("q")).isPresent();
        assertThat(shard.delays().timetable().size()).isZero();
    }

    @Test
    void refusesVersionsThatItDoesNotKnow() {
        for (int version : new int[] {0, 7, 255}) {
            ByteBuf snapshot = filled().snapshot().setByte(0, version);
            assertThatThrownBy(() -> restored(snapshot))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a checkpoint of version");
        }
    }
}
