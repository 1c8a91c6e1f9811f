package io.ferrymq.bench;

import io.ferrymq.log.CommandLog;
import io.ferrymq.log.DiskDirectory;
import io.ferrymq.log.FailureHandler;
import io.ferrymq.log.JournaledLog;
import io.ferrymq.log.LogEnvironment;
import io.ferrymq.log.LogOptions;
import io.ferrymq.log.RecordView;
import io.ferrymq.log.RecoveryTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The journal on a real directory, {@code bench/target}: how many records a second become durable when no one waits for
 * each, and how long a group takes to become durable when someone does.
 *
 * <p>The benchmark's thread is the log's lane, so no hand-over between the two is measured. Records are released at
 * once, and checkpoints are taken when they are due, as in a broker whose consumers keep up.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up.
public class JournalBenchmark {
    private static final byte TYPE = 1;

    /** Records between two calls of flush: what a read burst brings. */
    private static final int BURST = 32;

    private static final long PENDING_BYTES_MAX = 4 << 20;

    @Param({"100", "1000", "16000"})
    private int bodyBytes;

    private final BlockingQueue<Runnable> lane = new LinkedBlockingQueue<>();
    private final ByteBuf head = PooledByteBufAllocator.DEFAULT.directBuffer().writeZero(40);
    private ByteBuf body;
    private Path directory;
    private DiskDirectory disk;
    private CommandLog log;
    private int sinceFlush;

    @Setup
    public void open() throws IOException {
        Path parent = Path.of(System.getProperty("bench.root", "."), "bench/target");
        directory = Files.createTempDirectory(Files.createDirectories(parent), "journal-");
        disk = DiskDirectory.open(directory);
        body = PooledByteBufAllocator.DEFAULT.directBuffer().writeZero(bodyBytes);
        LogOptions options = LogOptions.defaults();
        LogEnvironment environment =
                LogEnvironment.threaded("bench", options, lane::add, System::currentTimeMillis, FailureHandler.HALT);
        log = JournaledLog.open(disk, options, environment, new Nothing(), sequence -> {});
    }

    @TearDown
    public void close() throws IOException {
        log.close();
        disk.close();
        body.release();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Records a second, with up to 4 MiB under way. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public void append() throws InterruptedException {
        log.release(log.append(TYPE, head, body, 1));
        if (++sinceFlush == BURST) {
            sinceFlush = 0;
            log.flush();
            checkpointIfDue();
            runCallbacks();
            while (log.pendingBytes() > PENDING_BYTES_MAX) {
                lane.take().run();
            }
        }
    }

    /** How many records wait for the same flush. */
    @State(Scope.Thread)
    public static class Group {
        @Param({"1", "32", "256"})
        int records;
    }

    /** From the first append of a group to the news that all of it is durable. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public void commit(Group group) throws InterruptedException {
        long newest = 0;
        for (int number = 0; number < group.records; number++) {
            newest = log.append(TYPE, head, body, 1);
            log.release(newest);
        }
        log.flush();
        while (log.durableSequence() < newest) {
            lane.take().run();
        }
        checkpointIfDue();
    }

    private void checkpointIfDue() {
        if (log.checkpointDue()) {
            log.checkpoint(Unpooled.buffer(Long.BYTES).writeLong(log.appendedSequence()));
        }
    }

    private void runCallbacks() {
        for (Runnable callback = lane.poll(); callback != null; callback = lane.poll()) {
            callback.run();
        }
    }

    /** Nothing is rebuilt: the directory is new. */
    private static final class Nothing implements RecoveryTarget {
        @Override
        public void restore(CommandLog recovering, long sequence, ByteBuf snapshot) {
            throw new IllegalStateException("a new directory holds a snapshot");
        }

        @Override
        public void replay(CommandLog recovering, RecordView record) {
            throw new IllegalStateException("a new directory holds records");
        }
    }
}
