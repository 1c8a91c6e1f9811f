package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TransientRecordTest {
    private final FakeDisk disk = new FakeDisk();
    private final Random random = new Random(1);
    private final TestLog log;

    TransientRecordTest() throws IOException {
        log = TestLog.open(disk, TestLog.small());
        log.settleAll();
    }

    private long append(int bytes, Map<Long, ByteBuffer> into) {
        byte[] payload = new byte[bytes];
        random.nextBytes(payload);
        ByteBuf head = Unpooled.wrappedBuffer(payload, 0, bytes / 4);
        ByteBuf body = Unpooled.wrappedBuffer(payload, bytes / 4, bytes - bytes / 4);
        long sequence = log.log.appendTransient(TestLog.PUBLISH, head, body, 1);
        into.put(sequence, ByteBuffer.wrap(payload));
        return sequence;
    }

    private boolean scratchFilesExist() {
        return disk.list().stream().anyMatch(name -> name.startsWith(FileNames.SCRATCH));
    }

    @Test
    void isReadFromMemoryAndFromScratchFiles() {
        Map<Long, ByteBuffer> live = new TreeMap<>();
        for (int i = 0; i < 500; i++) {
            append(i % 100 == 99 ? 40_000 : random.nextInt(300), live);
            log.publish(new byte[random.nextInt(300)]);
            if (i % 7 == 0) {
                log.settleAll();
            }
        }
        log.settleAll();
        assertThat(scratchFilesExist()).isTrue();
        assertThat(log.log.memoryBytes()).isLessThan(160_000);
        live.forEach((sequence, payload) ->
                assertThat(ByteBuffer.wrap(log.read(sequence))).isEqualTo(payload));
        assertThat(log.readLive()).isEqualTo(log.live);
        log.abandon();
    }

    @Test
    void keepsNoObjectForALargeRecordThatWaitsInAFile() throws IOException {
        LogOptions roomy = new LogOptions(0, 1 << 20, 2 << 10, 8 << 10, 8 << 10, 1 << 10, 2, 1 << 20, 60_000, 0);
        TestLog large = TestLog.open(new FakeDisk(), roomy);
        large.settleAll();
        TreeMap<Long, byte[]> live = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            byte[] payload = new byte[Chunk.LARGE_BODY_BYTES + random.nextInt(1000)];
            random.nextBytes(payload);
            ByteBuf body = Unpooled.wrappedBuffer(payload);
            live.put(large.log.appendTransient(TestLog.PUBLISH, Unpooled.EMPTY_BUFFER, body, 1), payload);
            large.settleAll();
        }
        int filesMax = 300 * (Chunk.LARGE_BODY_BYTES + 2000) / (1 << 20) + 2;
        assertThat(HeapWalk.count(large.log, Stretch.class)).isLessThanOrEqualTo(filesMax);
        assertThat(HeapWalk.count(large.log, StoredRun.class)).isLessThanOrEqualTo(filesMax);
        assertThat(HeapWalk.count(large.log, Chunk.class)).isLessThan(10);
        long entriesBytes = 300 * 2 * 2 * Integer.BYTES;
        assertThat(large.log.memoryBytes()).isBetween(entriesBytes / 2, 40_000L);
        for (int i = 0; i < 200; i++) {
            long gone = random.nextBoolean() ? live.firstKey() : live.lastKey();
            assertThat(large.read(gone)).isEqualTo(live.remove(gone));
            large.log.release(gone);
            large.settleAll();
        }
        live.forEach((sequence, payload) -> assertThat(large.read(sequence)).isEqualTo(payload));
        live.keySet().forEach(large.log::release);
        large.settleAll();
        assertThat(HeapWalk.count(large.log, StoredRun.class)).isZero();
        large.abandon();
    }

    @Test
    void isReadableWhileItIsOnItsWayToAFile() {
        Map<Long, ByteBuffer> live = new TreeMap<>();
        while (log.background.waiting() == 0) {
            append(200, live);
        }
        assertThat(log.log.pendingBytes()).as("what back-pressure looks at").isPositive();
        live.forEach((sequence, payload) ->
                assertThat(ByteBuffer.wrap(log.read(sequence))).isEqualTo(payload));
        log.settleAll();
        assertThat(log.log.pendingBytes()).isZero();
        live.forEach((sequence, payload) ->
                assertThat(ByteBuffer.wrap(log.read(sequence))).isEqualTo(payload));
        log.abandon();
    }

    @Test
    void givesMemoryAndFilesBackWhenItIsReleased() {
        Map<Long, ByteBuffer> live = new TreeMap<>();
        for (int i = 0; i < 1000; i++) {
            append(random.nextInt(300), live);
            log.settleAll();
        }
        long before = log.log.statistics().diskBytes();
        live.keySet().forEach(log.log::release);
        log.settleAll();
        assertThat(log.log.statistics().diskBytes()).isLessThan(before - 90_000);
        assertThat(disk.list().stream().filter(name -> name.startsWith(FileNames.SCRATCH)))
                .hasSizeLessThanOrEqualTo(1);
        assertThat(log.log.memoryBytes()).isLessThan(24 << 10);
        log.abandon();
    }

    @Test
    void neverTouchesTheDiskWhenItIsReleasedSoon() {
        int before = disk.faults().operations();
        for (int i = 0; i < 10_000; i++) {
            log.log.release(append(100, new TreeMap<>()));
        }
        log.settleAll();
        assertThat(disk.faults().operations()).isEqualTo(before);
        assertThat(log.log.memoryBytes()).isLessThan(8 << 10);
        log.abandon();
    }

    @Test
    void isGoneAfterARestartAndLeavesNoFile() throws IOException {
        Map<Long, ByteBuffer> live = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            append(200, live);
        }
        long durable = log.publish(new byte[10]);
        log.settleAll();
        assertThat(scratchFilesExist()).isTrue();
        log.log.close();
        TestLog again = TestLog.open(disk, TestLog.small());
        assertThat(scratchFilesExist()).isFalse();
        assertThat(again.live).containsOnlyKeys(durable);
        assertThatThrownBy(() -> again.read(live.keySet().iterator().next())).isInstanceOf(IllegalStateException.class);
        again.abandon();
    }

    @Test
    void needsNoFlush() {
        long sequence = append(100, new TreeMap<>());
        log.log.flush();
        assertThat(log.journal.waiting()).isZero();
        assertThat(log.log.appendedSequence()).isLessThan(sequence);
        log.abandon();
    }

    @Test
    void aMillionSmallOnesTakeFewObjects() throws IOException {
        TestLog large = TestLog.open(new FakeDisk(), LogOptions.defaults());
        ByteBuf body = Unpooled.wrappedBuffer(new byte[20]);
        long first = 0;
        long last = 0;
        for (int i = 0; i < 1_000_000; i++) {
            last = large.log.appendTransient(TestLog.PUBLISH, Unpooled.EMPTY_BUFFER, body, 1);
            first = first == 0 ? last : first;
        }
        large.settleAll();
        assertThat(large.log.memoryBytes()).isLessThan(50 << 20);
        for (long sequence = first; sequence <= last; sequence += 2) {
            large.log.release(sequence);
        }
        large.settleAll();
        assertThat(large.log.memoryBytes()).isLessThan(3 << 20);
        large.abandon();
    }
}
