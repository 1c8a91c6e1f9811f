package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.topology.Changes.Change;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class TopologyFuzz {
    @Property
    void damagedCommandsAreReadOrRefused(
            @ForAll("changes") List<Change> changes, @ForAll @IntRange(max = 200) int place, @ForAll byte damage) {
        Broker broker = Broker.started();
        for (Change change : changes) {
            for (TopologyCommand command : change.commands(broker)) {
                ByteBuf bytes = Unpooled.buffer();
                command.encode(bytes);
                bytes.setByte(place % bytes.readableBytes(), damage);
                readOrRefuse(bytes);
                broker.topology.apply(command);
            }
        }
    }

    @Property
    void cutCommandsAreRefused(@ForAll("changes") List<Change> changes, @ForAll @IntRange(max = 200) int length) {
        Broker broker = Broker.started();
        for (Change change : changes) {
            for (TopologyCommand command : change.commands(broker)) {
                ByteBuf bytes = Unpooled.buffer();
                command.encode(bytes);
                ByteBuf cut = bytes.slice(0, length % bytes.readableBytes());
                assertThat(readOrRefuse(cut)).as(() -> ByteBufUtil.hexDump(cut)).isFalse();
                broker.topology.apply(command);
            }
        }
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return Changes.sequences();
    }

    private static boolean readOrRefuse(ByteBuf bytes) {
        try {
            return TopologyCommand.decode(bytes).vhost() != null;
        } catch (IllegalArgumentException | IndexOutOfBoundsException refused) {
            return false;
        }
    }
}
