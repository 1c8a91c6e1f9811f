package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What can be wrong with a directory when a log is opened, one by one. */
final class CrashCatalogueTest {
    private final FakeDisk disk = new FakeDisk();
    private final LogDamager damager = new LogDamager(disk);

    /** Sequences of published records, three to a batch, each batch durable before the next. */
    private List<Long> publishBatches(TestLog log, int batches) {
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            for (int j = 0; j < 3; j++) {
                sequences.add(log.publish(payload(i * 3 + j)));
            }
            log.flushAndSettle();
        }
        return sequences;
    }

    private static byte[] payload(int number) {
        byte[] payload = new byte[100];
        new Random(number).nextBytes(payload);
        return payload;
    }

    private TestLog open() throws IOException {
        return TestLog.open(disk, TestLog.small());
    }

    private void assertDamaged(String file) {
        long before = damager.fingerprint();
        assertThatThrownBy(this::open)
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining(file);
        assertThat(damager.fingerprint()).as("nothing is changed").isEqualTo(before);
    }

    @Test
    void aTornPayloadAtTheEndIsCut() throws IOException {
        TestLog log = open();
        List<Long> sequences = publishBatches(log, 4);
        log.abandon();
        damager.damagePayload(sequences.getLast());

        TestLog recovered = open();
        assertThat(recovered.live.keySet()).containsExactlyElementsOf(sequences.subList(0, 9));
        assertThat(recovered.publish(payload(1))).isEqualTo(sequences.get(9));
        recovered.flushAndSettle();
        recovered.abandon();
        TestLog again = open();
        assertThat(again.live.keySet()).containsExactlyElementsOf(sequences.subList(0, 10));
        again.abandon();
    }

    @Test
    void whatWasAppendedTogetherIsCutTogetherWhereverItBegins() throws IOException {
        for (int before = 0; before < 40; before++) {
            FakeDisk fresh = new FakeDisk();
            TestLog log = TestLog.open(fresh, TestLog.small());
            long settled = log.publish(payload(0));
            for (int i = 0; i < before; i++) {
                log.publish(payload(i));
            }
            log.log.together(600);
            long first = log.publish(payload(1));
            long second = log.publish(payload(2));
            log.settle(settled);
            long last = log.publish(payload(3));
            log.flushAndSettle();
            log.abandon();
            new LogDamager(fresh).damagePayload(last);

            TestLog recovered = TestLog.open(fresh, TestLog.small());
            assertThat(recovered.live.keySet()).as("with " + before + " before").doesNotContain(first, second, last);
            // Cut as a whole with the settlement: if anything before stayed, then what it settles did, too.
            assertThat(recovered.live.isEmpty() || recovered.live.containsKey(settled))
                    .isTrue();
            recovered.abandon();
        }
    }

    @Test
    void aTornHeaderAtTheEndIsCut() throws IOException {
        TestLog log = open();
        List<Long> sequences = publishBatches(log, 4);
        log.abandon();
        damager.damageHeader(sequences.getLast());
        TestLog recovered = open();
        assertThat(recovered.live.keySet()).containsExactlyElementsOf(sequences.subList(0, 9));
        recovered.abandon();
    }

    @Test
    void aLaterBatchOfTheSameUnfinishedRunDoesNotMakeATornOneDamage() throws IOException {
        TestLog log = open();
        List<Long> sequences = publishBatches(log, 2);
        // The first full batch is a run of its own; those that fill up while the journal has it are the next.
        for (int i = 0; i < 60; i++) {
            sequences.add(log.publish(payload(i)));
        }
        int firstOfRun = 6;
        log.flushAndSettle();
        log.abandon();
        int fullBatchEnd = damager.find(sequences.get(6)).batchEnd();
        while (damager.find(sequences.get(firstOfRun)).batchPosition() < fullBatchEnd) {
            firstOfRun++;
        }
        LogDamager.Place first = damager.find(sequences.get(firstOfRun));
        assertThat(damager.find(sequences.getLast()).batchPosition()).isGreaterThan(first.batchPosition());
        damager.damagePayload(sequences.get(firstOfRun));

        TestLog recovered = open();
        assertThat(recovered.live.keySet()).containsExactlyElementsOf(sequences.subList(0, firstOfRun));
        byte[] rest = disk.content(first.file());
        for (int at = first.batchPosition(); at < rest.length; at++) {
            assertThat(rest[at]).isZero();
        }
        recovered.abandon();
    }

    @Test
    void aFlippedBitInTheMiddleStopsTheLog() throws IOException {
        TestLog log = open();
        List<Long> sequences = publishBatches(log, 4);
        log.abandon();
        damager.damagePayload(sequences.get(4));
        assertDamaged(damager.find(sequences.get(0)).file() + " is damaged at "
                + damager.find(sequences.get(3)).batchPosition());
    }

    @Test
    void aFlippedBitInAHeaderInTheMiddleStopsTheLog() throws IOException {
        TestLog log = open();
        List<Long> sequences = publishBatches(log, 4);
        log.abandon();
        String file = damager.find(sequences.get(0)).file();
        damager.damageHeader(sequences.get(4));
        assertDamaged(file);
    }

    @Test
    void aFlippedBitInTheLastBatchBeforeACleanStopStopsTheLog() throws IOException {
        TestLog log = open();
        List<Long> sequences = publishBatches(log, 4);
        log.log.close();
        damager.damagePayload(sequences.getLast());
        assertDamaged(damager.find(sequences.get(0)).file());
    }

    @Test
    void aMissingSegmentInTheMiddleStopsTheLog() throws IOException {
        TestLog log = open();
        publishBatches(log, 120);
        log.abandon();
        List<String> segments = disk.list().stream()
                .filter(n -> n.startsWith(FileNames.JOURNAL))
                .toList();
        assertThat(segments).hasSizeGreaterThan(2);
        disk.lose(segments.get(1));
        assertDamaged(segments.get(2));
    }

    @Test
    void aMissingFirstSegmentStopsTheLog() throws IOException {
        TestLog log = open();
        publishBatches(log, 120);
        log.abandon();
        disk.lose(damager.oldest(FileNames.JOURNAL));
        assertDamaged("does not follow");
    }

    @Test
    void aMissingSegmentThatTheCheckpointRefersToStopsTheLog() throws IOException {
        TestLog log = open();
        publishBatches(log, 120);
        log.checkpoint();
        log.settleAll();
        log.abandon();
        disk.lose(damager.oldest(FileNames.JOURNAL));
        assertDamaged("segment is missing");
    }

    @Test
    void aMissingSegmentInWhichTheCheckpointEndsStopsTheLog() throws IOException {
        TestLog log = open();
        publishBatches(log, 10).forEach(log::settle);
        log.checkpoint();
        log.settleAll();
        log.abandon();
        disk.lose(damager.newest(FileNames.JOURNAL));
        forgetNewestSegment();
        assertDamaged("in which the checkpoint ends");
    }

    @Test
    void aMissingNewestSegmentStopsTheLog() throws IOException {
        TestLog log = open();
        publishBatches(log, 120);
        log.abandon();
        String newest = damager.newest(FileNames.JOURNAL);
        byte[] content = disk.content(newest);
        disk.lose(newest);
        assertDamaged(newest + " is missing");
        disk.plant(newest, content);
        assertRecovers(log);
    }

    @Test
    void aMissingOnlySegmentStopsTheLog() throws IOException {
        TestLog log = open();
        publishBatches(log, 1);
        log.abandon();
        String only = damager.newest(FileNames.JOURNAL);
        disk.lose(only);
        assertDamaged(only + " is missing");
    }

    @Test
    void aMissingNewestSegmentOfALogThatWasOpenedTwiceStopsTheLog() throws IOException {
        TestLog log = open();
        publishBatches(log, 1);
        log.log.close();
        forgetNewestSegment();
        TestLog earlierFormat = open();
        publishBatches(earlierFormat, 1);
        earlierFormat.abandon();
        String only = damager.newest(FileNames.JOURNAL);
        disk.lose(only);
        assertDamaged(only + " is missing");
    }

    @Test
    void aLogGoesOnWithoutItsNewestSegmentIfTheOperatorSaysSo() throws IOException {
        TestLog log = open();
        publishBatches(log, 120);
        log.abandon();
        long lost = FileNames.number(FileNames.JOURNAL, damager.newest(FileNames.JOURNAL))
                .orElseThrow();
        disk.lose(damager.newest(FileNames.JOURNAL));
        forgetNewestSegment();
        TestLog recovered = open();
        assertThat(recovered.live.keySet())
                .containsExactlyElementsOf(log.live.headMap(lost).keySet());
        recovered.abandon();
    }

    @Test
    void damageOfWhatNamesTheNewestSegmentStopsNothing() throws IOException {
        TestLog log = open();
        publishBatches(log, 120);
        log.abandon();
        for (int slot = 0; slot < NewestSegment.FILES; slot++) {
            disk.damage(NewestSegment.name(slot), 40);
            TestLog recovered = open();
            assertThat(recovered.live).isEqualTo(log.live);
            recovered.abandon();
        }
    }

    private void forgetNewestSegment() {
        disk.list().stream().filter(name -> name.startsWith(FileNames.NEWEST)).forEach(disk::lose);
    }

    @Test
    void aJournalThatEndsBeforeWhatACheckpointCoversStopsTheLog() throws IOException {
        TestLog log = open();
        List<Long> sequences = publishBatches(log, 4);
        log.checkpoint();
        log.settleAll();
        log.abandon();
        // The checkpoint itself is lost too: without its superblock's word the journal would seem to have a torn tail.
        disk.damage(damager.newest(FileNames.CHECKPOINT), 70);
        damager.damagePayload(sequences.getLast());
        assertDamaged("was durable");
    }

    @Test
    void aDamagedSuperblockLeavesTheOtherCheckpoint() throws IOException {
        TestLog log = twoCheckpoints();
        disk.damage(Superblock.name(1), 70);
        assertRecovers(log);
    }

    @Test
    void aDamagedCheckpointLeavesTheOtherAndIsKept() throws IOException {
        TestLog log = twoCheckpoints();
        String newest = damager.newest(FileNames.CHECKPOINT);
        disk.damage(newest, 64 + 64 + 40);
        assertRecovers(log);
        assertThat(disk.list()).contains(FileNames.LOST + newest).doesNotContain(newest);
    }

    @Test
    void aMissingCheckpointLeavesTheOther() throws IOException {
        TestLog log = twoCheckpoints();
        disk.lose(damager.newest(FileNames.CHECKPOINT));
        assertRecovers(log);
    }

    @Test
    void checkpointsGoOnAfterOneWasDamaged() throws IOException {
        TestLog log = twoCheckpoints();
        disk.damage(damager.newest(FileNames.CHECKPOINT), 64 + 64 + 40);
        TestLog recovered = open();
        publishBatches(recovered, 2);
        recovered.checkpoint();
        recovered.settleAll();
        recovered.abandon();
        assertThat(log.live.keySet()).isNotEmpty();
        assertRecovers(recovered);
    }

    @Test
    void withoutAnyCheckpointTheWholeJournalIsReplayedIfItIsThere() throws IOException {
        TestLog log = open();
        publishBatches(log, 20);
        log.checkpoint();
        log.settleAll();
        log.abandon();
        disk.damage(Superblock.name(0), 70);
        assertRecovers(log);
    }

    private TestLog twoCheckpoints() throws IOException {
        TestLog log = open();
        for (int i = 0; i < 2; i++) {
            List<Long> sequences = publishBatches(log, 50);
            sequences.subList(0, 140).forEach(log::settle);
            log.checkpoint();
            log.settleAll();
        }
        publishBatches(log, 5);
        assertThat(log.log.statistics().checkpoints()).isEqualTo(2);
        log.abandon();
        return log;
    }

    private void assertRecovers(TestLog before) throws IOException {
        TestLog recovered = open();
        assertThat(recovered.live.keySet()).isEqualTo(before.live.keySet());
        assertThat(recovered.readLive()).isEqualTo(recovered.live.isEmpty() ? before.live : recovered.readLive());
        assertThat(recovered.log.appendedSequence()).isEqualTo(before.reportedDurable());
        recovered.abandon();
    }

    @Test
    void aRecycledSegmentNeverShowsItsOldRecords() throws IOException {
        TestLog log = open();
        for (int i = 0; i < 4; i++) {
            publishBatches(log, 60).forEach(log::settle);
            log.checkpoint();
            log.settleAll();
        }
        long last = log.log.appendedSequence();
        log.abandon();
        TestLog recovered = open();
        assertThat(recovered.live).isEmpty();
        assertThat(recovered.log.appendedSequence()).isEqualTo(last);
        recovered.abandon();
    }

    @Test
    void aFileOfAnotherMakerIsSetAside() throws IOException {
        disk.plant("j-notes.txt", new byte[] {1, 2, 3});
        TestLog log = open();
        assertThat(disk.list()).contains("lost-j-notes.txt").doesNotContain("j-notes.txt");
        log.abandon();
    }

    @Test
    void aTruncatedSegmentStopsTheLog() throws IOException {
        TestLog log = open();
        publishBatches(log, 4);
        log.abandon();
        String segment = damager.newest(FileNames.JOURNAL);
        try (Storage.File file = disk.open(segment)) {
            file.truncate(9000);
        }
        assertDamaged(segment + " is damaged at 9000");
    }

    @Test
    void aNewerFormatIsRefusedByName() throws IOException {
        TestLog log = open();
        publishBatches(log, 1);
        log.abandon();
        String segment = damager.newest(FileNames.JOURNAL);
        byte[] content = disk.content(segment);
        ByteBuffer header = ByteBuffer.wrap(content, 0, 64).slice().order(ByteOrder.LITTLE_ENDIAN);
        header.putShort(4, (short) 9);
        header.putInt(60, new Checksum().update(header, 0, 60).value());
        disk.plant(segment, content);
        assertThatThrownBy(this::open)
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining(segment)
                .hasMessageContaining("format version 9");
    }

    @Test
    void theDirectoryOfAnotherShardIsRefused() throws IOException {
        TestLog log = open();
        publishBatches(log, 1);
        log.abandon();
        LogOptions small = TestLog.small();
        LogOptions other = new LogOptions(
                7,
                small.segmentBytes(),
                small.batchBytesMax(),
                small.tailCacheBytes(),
                small.transientCacheBytes(),
                small.readAheadBytes(),
                small.spareSegments(),
                small.checkpointBytes(),
                small.checkpointMillis(),
                small.laneFlushMicrosMax());
        assertThatThrownBy(() -> TestLog.open(disk, other)).hasMessageContaining("belongs to shard 0");
    }

    @Test
    void aRecordThatRotsLaterIsNotHandedOut() throws IOException {
        TestLog log = open();
        List<Long> sequences = publishBatches(log, 100);
        damager.damagePayload(sequences.get(10));
        assertThatThrownBy(() -> log.read(sequences.get(10)))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining(damager.find(sequences.get(10)).file());
        assertThat(log.read(sequences.get(12))).isEqualTo(payload(12));
        log.abandon();
    }
}
