package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class JournaledLogProperties {
    @Property(tries = 40)
    void whateverIsDoneTheLogHoldsWhatIsLive(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        FakeDisk disk = new FakeDisk();
        TreeMap<Long, ByteBuffer> model = new TreeMap<>();
        for (int restart = 0; restart < 4; restart++) {
            TestLog log = TestLog.open(disk, TestLog.small());
            assertThat(log.readLive()).isEqualTo(model);
            for (int i = 0; i < 300; i++) {
                step(log, model, random);
            }
            assertThat(log.readLive()).isEqualTo(model);
            log.log.close();
        }
        TestLog log = TestLog.open(disk, TestLog.small());
        assertThat(log.readLive()).isEqualTo(model);
        log.abandon();
    }

    private static void step(TestLog log, NavigableMap<Long, ByteBuffer> model, Random random) {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                byte[] payload = new byte[1 + random.nextInt(random.nextInt(50) == 0 ? 50_000 : 400)];
                random.nextBytes(payload);
                model.put(log.publish(payload), ByteBuffer.wrap(payload));
            }
            case 3, 4 -> {
                if (!model.isEmpty()) {
                    Long settled = model.ceilingKey(random.nextLong(model.lastKey() + 1));
                    log.settle(settled == null ? model.firstKey() : settled);
                    model.keySet().retainAll(log.live.keySet());
                }
            }
            case 5 -> log.log.flush();
            case 6 -> log.settleAll();
            default -> {
                if (random.nextInt(10) == 0) {
                    log.settleAll();
                    log.checkpoint();
                }
            }
        }
    }

    @Example
    void aMillionRecordsAreReplayedInOrder() throws IOException {
        FakeDisk disk = new FakeDisk();
        TestLog log = TestLog.open(disk, LogOptions.defaults());
        ByteBuf head = Unpooled.directBuffer(8);
        long expected = 0;
        for (int i = 0; i < 1_000_000; i++) {
            head.setLong(0, i).setIndex(0, 8);
            expected = log.log.append((byte) 9, head, Unpooled.EMPTY_BUFFER, 1);
            if (i % 1000 == 0) {
                log.flushAndSettle();
            }
        }
        log.log.close();
        CountingTarget target = new CountingTarget();
        Crank crank = new Crank();
        CommandLog again = JournaledLog.open(
                disk,
                LogOptions.defaults(),
                new LogEnvironment(crank, crank, crank, () -> 0, FailureHandler.HALT, () -> {}),
                target,
                sequence -> {});
        assertThat(target.count).isEqualTo(1_000_000);
        assertThat(again.appendedSequence()).isEqualTo(expected);
        assertThat(TestLog.read(again, 2 * 777_778))
                .isEqualTo(Unpooled.copyLong(777_777).array());
        again.close();
    }

    private static final class CountingTarget implements RecoveryTarget {
        private long count;

        @Override
        public void restore(CommandLog log, long sequence, ByteBuf snapshot) {
            throw new AssertionError("there is no checkpoint");
        }

        @Override
        public void replay(CommandLog log, RecordView record) {
            assertThat(record.buffer().getLong(record.offset())).isEqualTo(count++);
            log.retain(record.sequence(), 1);
        }
    }
}
