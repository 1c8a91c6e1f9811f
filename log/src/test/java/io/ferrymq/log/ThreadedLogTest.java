package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log with its own threads on a real disk, as in production. */
final class ThreadedLogTest implements RecoveryTarget {
    private static final int RECORDS = 30_000;

    private final ExecutorService lane = Executors.newSingleThreadExecutor();
    private final AtomicLong durable = new AtomicLong();
    private long replayed;
    private long restored;

    @ParameterizedTest
    @ValueSource(ints = {0, 500, Integer.MAX_VALUE})
    void everythingIsDurableInOrderWhenTheLogIsClosed(int laneFlushMicrosMax, @TempDir Path directory)
            throws IOException, InterruptedException, ExecutionException {
        try (lane;
                DiskDirectory disk = DiskDirectory.open(directory)) {
            LogOptions options = new LogOptions(
                    0, 1 << 20, 16 << 10, 64 << 10, 64 << 10, 16 << 10, 2, 2 << 20, 60_000, laneFlushMicrosMax);
            CommandLog log = lane.submit(() -> open(disk, options)).get();
            for (int i = 0; i < RECORDS; i += 100) {
                lane.submit(() -> appendHundred(log)).get();
                if (i == RECORDS / 2) {
                    lane.submit(() -> checkpoint(log)).get();
                }
            }
            long last = lane.submit(log::appendedSequence).get();
            lane.submit(log::close).get();
            assertThat(durable.get()).isEqualTo(last);
            CommandLog again = lane.submit(() -> open(disk, options)).get();
            assertThat(restored).isPositive();
            assertThat(restored + replayed).isEqualTo(RECORDS);
            assertThat(lane.submit(again::durableSequence).get()).isEqualTo(last);
            lane.submit(again::close).get();
        }
    }

    private CommandLog open(Storage disk, LogOptions options) throws IOException {
        LogEnvironment environment = LogEnvironment.threaded("test", options, lane, () -> 0, cause -> {
            throw new AssertionError(cause);
        });
        return JournaledLog.open(disk, options, environment, this, this::durable);
    }

    private void durable(long sequence) {
        assertThat(sequence).isGreaterThan(durable.getAndSet(sequence));
    }

    private static void appendHundred(CommandLog log) {
        ByteBuf body = Unpooled.directBuffer(100).writeZero(100);
        for (int i = 0; i < 100; i++) {
            log.release(log.append((byte) 1, Unpooled.EMPTY_BUFFER, body, 1));
            log.release(log.appendTransient((byte) 1, Unpooled.EMPTY_BUFFER, body, 1));
        }
        body.release();
        log.flush();
    }

    private static void checkpoint(CommandLog log) {
        log.checkpoint(Unpooled.copyLong(log.appendedSequence() / 2));
    }

    @Override
    public void restore(CommandLog log, long sequence, ByteBuf snapshot) {
        // Durable and transient records take turns: a durable one for every two numbers of the counter.
        restored = snapshot.readLong();
        assertThat(restored).isEqualTo(sequence / 2);
    }

    @Override
    public void replay(CommandLog log, RecordView record) {
        replayed++;
    }
}
