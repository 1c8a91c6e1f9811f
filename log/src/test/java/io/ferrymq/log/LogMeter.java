package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Appends to a log on a real disk as fast as it takes records, and prints how fast that is.
 *
 * <p>Arguments: directory, payload bytes, records, records per flush, pending bytes at which to wait. With one record
 * per flush and one pending byte it is a publisher that waits for each confirm.
 */
public final class LogMeter implements RecoveryTarget {
    private final ExecutorService lane = Executors.newSingleThreadExecutor();
    private final CountDownLatch done = new CountDownLatch(1);
    private final ByteBuf head = PooledByteBufAllocator.DEFAULT.directBuffer().writeZero(16);
    private final ByteBuf body;
    private final long records;
    private final int burst;
    private final long pendingBytesMax;
    private long appended;
    private boolean stalled;
    private @Nullable CommandLog opened;

    private LogMeter(String... arguments) {
        body = PooledByteBufAllocator.DEFAULT.directBuffer().writeZero(Integer.parseInt(arguments[1]));
        records = Long.parseLong(arguments[2]);
        burst = Integer.parseInt(arguments[3]);
        pendingBytesMax = Long.parseLong(arguments[4]);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (DiskDirectory disk = DiskDirectory.open(Path.of(arguments[0]))) {
            new LogMeter(arguments).run(disk);
        }
    }

    private void run(Storage disk) throws IOException, InterruptedException {
        LogOptions options = LogOptions.defaults();
        LogEnvironment environment =
                LogEnvironment.threaded("meter", options, lane, System::currentTimeMillis, FailureHandler.HALT);
        CommandLog log = JournaledLog.open(disk, options, environment, this, this::durable);
        opened = log;
        long begin = System.nanoTime();
        lane.execute(this::burst);
        done.await();
        double seconds = (System.nanoTime() - begin) / 1e9;
        LogStatistics statistics = log.statistics();
        System.out.printf(
                "%d records of %d B in %.2f s: %,.0f records/s, %,.0f MB/s, %,.0f flushes/s, %s%n",
                records,
                body.readableBytes(),
                seconds,
                records / seconds,
                statistics.bytesWritten() / seconds / 1e6,
                statistics.flushes() / seconds,
                statistics);
        lane.execute(log::close);
        lane.close();
    }

    private CommandLog log() {
        return Objects.requireNonNull(opened);
    }

    private void burst() {
        CommandLog log = log();
        for (int i = 0; i < burst && appended < records; i++) {
            long sequence = log.append((byte) 1, head, body, 1);
            log.release(sequence);
            appended++;
        }
        log.flush();
        if (log.checkpointDue()) {
            log.checkpoint(Unpooled.buffer(8).writeLong(appended));
        }
        stalled = log.pendingBytes() >= pendingBytesMax;
        if (!stalled && appended < records) {
            lane.execute(this::burst);
        }
    }

    private void durable(long sequence) {
        if (appended == records && sequence == log().appendedSequence()) {
            done.countDown();
        } else if (stalled && log().pendingBytes() < pendingBytesMax) {
            burst();
        }
    }

    @Override
    public void restore(CommandLog recovering, long sequence, ByteBuf snapshot) {
        System.out.println("restored behind record " + sequence);
    }

    @Override
    public void replay(CommandLog recovering, RecordView record) {
        // Nothing to rebuild: only the speed is of interest.
    }
}
