package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.simulation.CrankedLane;
import io.ferrymq.broker.simulation.PlainFormat;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.DamagedRecordException;
import io.ferrymq.log.MemoryLog;
import io.ferrymq.log.RecordView;
import io.ferrymq.log.RecoveryTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;

/**
 * What a log gives to a shard that recovers, with octets that a fuzzer chooses. The log has checked that they are what was
 * written, so this is about versions and about faults of ours: they are read, or refused at once and in little memory.
 */
class ShardOctetsFuzz {
    /** Sequences that a snapshot may name. */
    private static final int RECORDS = 64;

    private static final int RECORD_HEAD_BYTES = 2;

    /** What recovery shows to the shard. */
    private interface Recovery {
        void run(CommandLog log, RecoveryTarget target);
    }

    @FuzzTest
    void snapshotsAreRestoredOrRefused(byte[] octets) throws IOException {
        recover((log, target) -> {
            long last = 0;
            for (int i = 0; i < RECORDS; i++) {
                last = log.append(RecordType.PUBLISH, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, 1);
            }
            target.restore(log, last, Unpooled.wrappedBuffer(octets));
        });
    }

    /** Each record is its type, a length and its payload. */
    @FuzzTest
    void recordsAreReplayedOrRefused(byte[] octets) throws IOException {
        recover((log, target) -> {
            ByteBuf in = Unpooled.wrappedBuffer(octets);
            RecordView view = new RecordView();
            while (in.readableBytes() >= RECORD_HEAD_BYTES) {
                byte type = in.readByte();
                ByteBuf payload = in.readSlice(Math.min(in.readUnsignedByte(), in.readableBytes()));
                long sequence = log.append(type, payload, Unpooled.EMPTY_BUFFER, 1);
                log.read(sequence, view);
                target.replay(log, view);
            }
        });
    }

    private static void recover(Recovery recovery) throws IOException {
        CrankedLane lane = new CrankedLane(1_000_000);
        LocalBroker.Environment environment = new LocalBroker.Environment(
                lane,
                lane::nowMillis,
                () -> lane.nowMillis() * 1_000_000,
                () -> "token" + lane.nowMillis(),
                () -> 0,
                () -> Long.MAX_VALUE,
                List.of(PlainFormat.INSTANCE));
        MemoryLog log = new MemoryLog();
        boolean[] recovered = {false};
        try {
            LocalBroker.open(environment, BrokerOptions.defaults(), (target, listener) -> {
                recovery.run(log, target);
                recovered[0] = true;
                return log;
            });
        } catch (IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException
                | DamagedRecordException refused) {
            assertThat(recovered[0]).as("what was read is accepted").isFalse();
            return;
        }
        lane.turnAll();
        lane.pass(1_100);
        lane.turnAll();
        assertThat(lane.breaks).isEmpty();
    }
}
