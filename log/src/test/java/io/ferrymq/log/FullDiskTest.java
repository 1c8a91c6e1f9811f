package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a log does on a disk without room: what it can do without, what it says, and what is found afterwards. */
final class FullDiskTest {
    private static final int STEPS = 400;

    private final FakeDisk disk = new FakeDisk();

    private void fill() {
        disk.faults().limitCapacity(disk.usedBytes());
    }

    private void makeRoom() {
        disk.faults().limitCapacity(Long.MAX_VALUE);
    }

    /** Settling, checkpoints and a start need no more room than there is; so consumers can make some. */
    @Test
    void whatWaitsCanBeConsumedAndItsSpaceComesBackOnAFullDisk() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        log.settleAll();
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            sequences.add(log.publish(new byte[500]));
            log.flushAndSettle();
        }
        fill();
        log.abandon();
        TestLog again = TestLog.open(disk, TestLog.small());
        again.settleAll();
        for (long sequence : sequences) {
            again.settle(sequence);
            again.flushAndSettle();
            lookASecondLater(again);
        }
        for (int i = 0; i < 60; i++) {
            lookASecondLater(again);
        }
        assertThat(again.failures).isEmpty();
        assertThat(again.log.statistics().segments()).isEqualTo(1);
        assertThat(disk.usableBytes()).isGreaterThan(5L * TestLog.small().segmentBytes());
        again.abandon();
    }

    private static void lookASecondLater(TestLog log) {
        log.clockMillis += 1_000;
        log.log.diskIsLow(true);
        if (log.log.checkpointDue()) {
            log.checkpoint();
        }
        log.settleAll();
    }

    /** The disk is full from every size on: the log stops with the cause, or goes on; nothing confirmed is missing later. */
    @Test
    void nothingConfirmedIsLostWhereverTheDiskIsFull() throws IOException {
        FakeDisk roomy = new FakeDisk();
        CrashWorkload whole = new CrashWorkload(roomy, new ArrayList<>(), 5, 300);
        whole.run(STEPS);
        whole.log.abandon();
        for (long capacity = 0; capacity < roomy.usedBytes() + 4096; capacity += 1500) {
            runOnDiskOf(capacity);
        }
    }

    private static void runOnDiskOf(long capacity) throws IOException {
        String where = capacity + " bytes";
        FakeDisk full = new FakeDisk();
        full.faults().limitCapacity(capacity);
        List<CrashWorkload.Command> commands = new ArrayList<>();
        CrashWorkload workload = new CrashWorkload(full, commands, 5, 300);
        workload.run(STEPS);
        assertThat(workload.log.failures)
                .as(where)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(OutOfSpaceException.class)
                        .hasMessageMatching(
                                "the disk is full: .* needs \\d+ bytes more and \\d+ are free; make room there"));
        long reported = workload.log.reportedDurable();
        workload.log.abandon();
        TestLog stillFull = TestLog.open(full, TestLog.small());
        assertThat(stillFull.log.appendedSequence()).as(where).isGreaterThanOrEqualTo(reported);
        stillFull.abandon();
        full.faults().limitCapacity(Long.MAX_VALUE);
        TestLog again = TestLog.open(full, TestLog.small());
        long last = again.log.appendedSequence();
        assertThat(last).as(where).isGreaterThanOrEqualTo(reported);
        assertThat(again.readLive()).as(where).isEqualTo(CrashWorkload.stateAt(commands, last));
        again.abandon();
    }

    @Test
    void transientRecordsStayInMemoryUntilThereIsRoomForThem() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        log.settleAll();
        fill();
        Map<Long, ByteBuffer> live = new TreeMap<>();
        while (log.log.pendingBytes() < 40_000) {
            append(log, live);
            log.settleAll();
        }
        assertThat(log.failures).isEmpty();
        live.forEach((sequence, payload) ->
                assertThat(ByteBuffer.wrap(log.read(sequence))).isEqualTo(payload));
        long pending = log.log.pendingBytes();
        log.log.diskIsLow(true);
        log.settleAll();
        assertThat(log.log.pendingBytes()).isEqualTo(pending);
        makeRoom();
        log.log.diskIsLow(false);
        log.settleAll();
        assertThat(log.log.pendingBytes()).isZero();
        live.forEach((sequence, payload) ->
                assertThat(ByteBuffer.wrap(log.read(sequence))).isEqualTo(payload));
        release(log, live);
        assertThat(disk.list().stream().filter(name -> name.startsWith(FileNames.SCRATCH)))
                .hasSizeLessThanOrEqualTo(1);
        log.abandon();
    }

    @Test
    void transientRecordsThatFoundNoRoomGiveTheirMemoryBackWhenTheyAreConsumed() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        log.settleAll();
        fill();
        Map<Long, ByteBuffer> live = new TreeMap<>();
        while (log.log.pendingBytes() < 40_000) {
            append(log, live);
            log.settleAll();
        }
        release(log, live);
        assertThat(log.log.pendingBytes()).isZero();
        assertThat(log.log.memoryBytes()).isLessThan(40_000);
        log.log.diskIsLow(true);
        log.settleAll();
        assertThat(log.failures).isEmpty();
        log.abandon();
    }

    private static void append(TestLog log, Map<Long, ByteBuffer> live) {
        byte[] payload = new byte[700];
        payload[0] = (byte) live.size();
        ByteBuf body = Unpooled.wrappedBuffer(payload);
        live.put(log.log.appendTransient(TestLog.PUBLISH, Unpooled.EMPTY_BUFFER, body, 1), ByteBuffer.wrap(payload));
    }

    private static void release(TestLog log, Map<Long, ByteBuffer> live) {
        live.keySet().forEach(log.log::release);
        log.settleAll();
    }

    /** A part of a file that has no blocks yet would need room to be filled with zeros. */
    @Test
    void cuttingATornTailWritesNoMoreThanWhatIsTorn() throws IOException {
        FakeDisk source = new FakeDisk();
        try (Storage.File file = source.open("f")) {
            file.write(0, ByteBuffer.wrap(new byte[64 << 10]));
            file.write(5_000, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            int before = source.faults().operations();
            Stretches.clear(file, 4_990, 64 << 10);
            assertThat(source.faults().operations() - before).isEqualTo(1);
        }
        assertThat(source.content("f")).containsOnly(0);
    }

    @Test
    void aRealFileSystemSaysThatItIsFull() {
        IOException error = Shortage.named(new IOException("No space left on device"), Path.of("/no/such/place"), 100);
        assertThat(error)
                .isInstanceOf(OutOfSpaceException.class)
                .hasMessageStartingWith("the disk is full: /no/such/place needs 100 bytes more and ");
        IOException other = new IOException("Input/output error");
        assertThat(Shortage.named(other, Path.of("/"), 100)).isSameAs(other);
    }
}
