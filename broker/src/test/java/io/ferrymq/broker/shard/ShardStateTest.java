package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.simulation.CrankedLane;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.TopologyCommand;
import io.ferrymq.broker.topology.VhostSpec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checkpoints of this broker and of older ones. */
final class ShardStateTest {
    private final World world = World.fresh();

    ShardStateTest() throws IOException {}

    private static ShardState state() {
        CrankedLane lane = new CrankedLane(0);
        return new ShardState((log, topology, access) -> new Shard(
                lane,
                BrokerOptions.defaults(),
                lane::nowMillis,
                () -> "token",
                () -> 0,
                Map.of(),
                log,
                topology,
                access));
    }

    /** A checkpoint with one virtual host, in which nothing waits: each of its last two bytes ends an empty part. */
    private byte[] checkpoint() {
        ShardState state = state();
        state.shardOn(world.log).apply(List.of(new TopologyCommand.VhostCreated(VhostSpec.named("here"))));
        ByteBuf snapshot = state.snapshot();
        byte[] bytes = new byte[snapshot.readableBytes()];
        snapshot.readBytes(bytes);
        snapshot.release();
        return bytes;
    }

    private ShardState restored(ByteBuf snapshot) {
        ShardState state = state();
        state.restore(world.log, 0, snapshot);
        return state;
    }

    @Test
    void readsItsOwnCheckpoint() {
        ByteBuf snapshot = Unpooled.wrappedBuffer(checkpoint());
        assertThat(restored(snapshot).topology().vhost("here")).isPresent();
        assertThat(snapshot.isReadable()).isFalse();
    }

    @Test
    void readsCheckpointsOfBrokersInWhichNothingCouldRest() {
        byte[] bytes = checkpoint();
        bytes[0] = 2;
        ByteBuf snapshot = Unpooled.wrappedBuffer(bytes, 0, bytes.length - 1);
        assertThat(restored(snapshot).topology().vhost("here")).isPresent();
        assertThat(snapshot.isReadable()).isFalse();
    }

    @Test
    void refusesCheckpointsOfNewerBrokers() {
        byte[] bytes = checkpoint();
        bytes[0]++;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> restored(Unpooled.wrappedBuffer(bytes)))
                .withMessageContaining("version " + bytes[0]);
    }
}
