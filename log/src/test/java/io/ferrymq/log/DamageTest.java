package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Bytes of a segment rot while the log is open: what that costs is the record that they are in. */
final class DamageTest {
    private static final int RECORDS = 60;

    private final FakeDisk disk = new FakeDisk();
    private final Random random = new Random(1);
    private final Map<Long, ByteBuffer> published = new TreeMap<>();

    /** A segment that a checkpoint covers, so that nobody looks at its records when the log is opened again. */
    private String stoppedLog() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        for (int i = 0; i < RECORDS; i++) {
            byte[] payload = new byte[20 + random.nextInt(200)];
            random.nextBytes(payload);
            log.publish(payload);
            if (random.nextInt(6) == 0) {
                log.flushAndSettle();
            }
        }
        log.checkpoint();
        log.settleAll();
        published.putAll(log.live);
        log.log.close();
        List<String> segments = disk.list().stream()
                .filter(name -> name.startsWith(FileNames.JOURNAL))
                .toList();
        assertThat(segments).hasSize(1);
        return segments.getFirst();
    }

    private int recordsEnd() {
        return new LogDamager(disk)
                .find(published.keySet().stream().reduce((a, b) -> b).orElseThrow())
                .batchEnd();
    }

    /** Reads all that is live; what can be read must be what was published. */
    private List<Long> unreadable(TestLog log) {
        List<Long> unreadable = new ArrayList<>();
        published.forEach((sequence, payload) -> {
            try {
                assertThat(ByteBuffer.wrap(log.read(sequence))).isEqualTo(payload);
            } catch (DamagedRecordException e) {
                unreadable.add(sequence);
            }
        });
        return unreadable;
    }

    @Test
    void oneByteCostsOneRecordAtMostWhereverItIs() throws IOException {
        String segment = stoppedLog();
        int end = recordsEnd();
        for (int position = FileHeader.BYTES; position < end; position += 3) {
            FakeDisk copy = disk.copy();
            TestLog log = TestLog.open(copy, TestLog.small());
            copy.damage(segment, position);
            assertThat(unreadable(log)).as("byte " + position).hasSizeLessThan(2);
            assertThat(unreadable(log)).as("again, byte " + position).hasSizeLessThan(2);
            log.abandon();
        }
    }

    @Test
    void severalBytesCostNoMoreRecordsThanTheyAre() throws IOException {
        String segment = stoppedLog();
        int end = recordsEnd();
        for (int seed = 0; seed < 300; seed++) {
            Random places = new Random(seed);
            FakeDisk copy = disk.copy();
            TestLog log = TestLog.open(copy, TestLog.small());
            int bytes = 1 + places.nextInt(5);
            for (int i = 0; i < bytes; i++) {
                copy.damage(segment, places.nextInt(FileHeader.BYTES, end));
            }
            assertThat(unreadable(log)).as("seed " + seed).hasSizeLessThanOrEqualTo(bytes);
            log.abandon();
        }
    }

    @Test
    void aLogWhoseIndexIsCompleteLosesNoMore() throws IOException {
        for (int seed = 0; seed < 100; seed++) {
            FakeDisk fresh = new FakeDisk();
            TestLog log = TestLog.open(fresh, TestLog.small());
            for (int i = 0; i < 200; i++) {
                byte[] payload = new byte[20 + random.nextInt(200)];
                random.nextBytes(payload);
                log.publish(payload);
            }
            log.flushAndSettle();
            published.clear();
            published.putAll(log.live);
            fresh.damage(
                    FileNames.numbered(FileNames.JOURNAL, 2), FileHeader.BYTES + new Random(seed).nextInt(8 << 10));
            assertThat(unreadable(log)).as("seed " + seed).hasSizeLessThan(2);
            log.abandon();
        }
    }

    @Test
    void searchingForWhatLiesBehindDamageCostsAsReadingDoes() throws IOException {
        String segment = stoppedLog();
        TestLog log = TestLog.open(disk, TestLog.small());
        List<Long> sequences = List.copyOf(published.keySet());
        TestLog whole = TestLog.open(disk.copy(), TestLog.small());
        whole.read(sequences.get(0));
        long readBefore = whole.log.bytesRead();
        whole.read(sequences.get(1));
        assertThat(whole.log.bytesRead()).isEqualTo(readBefore);
        whole.abandon();
        disk.damage(segment, new LogDamager(disk).find(sequences.get(0)).recordPosition());
        assertThatThrownBy(() -> log.read(sequences.get(0))).isInstanceOf(DamagedRecordException.class);
        long before = log.log.bytesRead();
        log.read(sequences.get(1));
        assertThat(log.log.bytesRead()).isGreaterThan(before);
        log.abandon();
    }

    @Test
    void theMessageNamesFileAndPlace() throws IOException {
        String segment = stoppedLog();
        TestLog log = TestLog.open(disk, TestLog.small());
        LogDamager damager = new LogDamager(disk);
        long sequence = published.keySet().iterator().next();
        damager.damagePayload(sequence);
        assertThatThrownBy(() -> log.read(sequence))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining(
                        segment + " is damaged at " + damager.find(sequence).recordPosition())
                .hasMessageContaining("record " + sequence);
        log.abandon();
    }

    @Test
    void theRawBytesAreThoseOnDisk() throws IOException {
        String segment = stoppedLog();
        TestLog log = TestLog.open(disk, TestLog.small());
        LogDamager damager = new LogDamager(disk);
        published.keySet().forEach(damager::damagePayload);
        for (long sequence : published.keySet()) {
            LogDamager.Place place = damager.find(sequence);
            byte[] content = disk.content(segment);
            byte[] raw = log.log.raw(sequence, 40);
            assertThat(raw).hasSize(40);
            assertThat(ByteBuffer.wrap(raw)).isEqualTo(ByteBuffer.wrap(content, place.recordPosition(), 40));
        }
        log.abandon();
    }

    @Test
    void whatTheDiskCannotReadCostsOnlyWhatLiesThere() throws IOException {
        String segment = stoppedLog();
        TestLog log = TestLog.open(disk, TestLog.small());
        List<Long> sequences = List.copyOf(published.keySet());
        LogDamager damager = new LogDamager(disk);
        long sector = damager.find(sequences.get(30)).recordPosition() / FakeFile.SECTOR_BYTES;
        disk.faults().failReadsOf(segment, sector * FakeFile.SECTOR_BYTES, FakeFile.SECTOR_BYTES);
        List<Long> there = sequences.stream()
                .filter(sequence -> {
                    long begin = damager.find(sequence).recordPosition();
                    long end = begin
                            + RecordFormat.GAP_AT
                            + 1
                            + Objects.requireNonNull(published.get(sequence)).remaining();
                    return begin < (sector + 1) * FakeFile.SECTOR_BYTES && end > sector * FakeFile.SECTOR_BYTES;
                })
                .toList();
        assertThat(there).hasSizeBetween(2, 8);
        assertThat(unreadable(log)).isEqualTo(there);
        assertThat(log.log.raw(sequences.get(30), 1_000)).isEmpty();
        log.abandon();
    }

    @Test
    void aFileThatIsGoneCostsWhatWasInItAndIsNotMadeAgain() throws IOException {
        String segment = stoppedLog();
        TestLog log = TestLog.open(disk, TestLog.small());
        disk.lose(segment);
        assertThat(unreadable(log)).containsExactlyElementsOf(published.keySet());
        long sequence = published.keySet().iterator().next();
        assertThatThrownBy(() -> log.read(sequence)).hasMessage(segment + " is missing");
        assertThat(disk.list()).doesNotContain(segment);
        log.abandon();
    }

    @Test
    void aDamagedTransientRecordIsOneRecordToo() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ByteBuf body = Unpooled.wrappedBuffer(new byte[100]);
            sequences.add(log.log.appendTransient(TestLog.PUBLISH, Unpooled.EMPTY_BUFFER, body, 1));
            log.settleAll();
        }
        disk.damage(FileNames.numbered(FileNames.SCRATCH, 0), 60);
        assertThatThrownBy(() -> log.read(sequences.getFirst())).isInstanceOf(DamagedRecordException.class);
        assertThat(sequences.subList(1, 200))
                .allSatisfy(sequence -> assertThat(log.read(sequence)).hasSize(100));
        log.abandon();
    }
}
