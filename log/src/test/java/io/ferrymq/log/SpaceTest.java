package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SpaceTest {
    private final FakeDisk disk = new FakeDisk();
    private final TestLog log;

    SpaceTest() throws IOException {
        log = TestLog.open(disk, TestLog.small());
        log.settleAll();
    }

    private List<Long> publish(int count) {
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(log.publish(new byte[500]));
        }
        log.flushAndSettle();
        return sequences;
    }

    private void checkpoint() {
        log.publish(new byte[1]);
        log.checkpoint();
        log.settleAll();
    }

    private long files(String prefix) {
        return disk.list().stream().filter(name -> name.startsWith(prefix)).count();
    }

    @Test
    void deadSegmentsGoWhenBothCheckpointsAreBehindThem() {
        publish(300).forEach(log::settle);
        int segments = log.log.statistics().segments();
        assertThat(segments).isGreaterThan(8);
        checkpoint();
        assertThat(log.log.statistics().segments())
                .as("the snapshot before may need them")
                .isEqualTo(segments);
        checkpoint();
        assertThat(log.log.statistics().segments()).isEqualTo(1);
        assertThat(files(FileNames.JOURNAL)).isEqualTo(1);
        assertThat(files(FileNames.SPARE)).isEqualTo(TestLog.small().spareSegments());
        assertThat(log.log.statistics().diskBytes()).isLessThanOrEqualTo(disk.usedBytes());
        log.abandon();
    }

    @Test
    void aSegmentWithOneLiveRecordStays() {
        List<Long> sequences = publish(300);
        long straggler = sequences.get(150);
        sequences.stream().filter(sequence -> sequence != straggler).forEach(log::settle);
        checkpoint();
        checkpoint();
        assertThat(log.log.statistics().segments()).isEqualTo(2);
        assertThat(log.read(straggler)).hasSize(500);
        log.settle(straggler);
        checkpoint();
        checkpoint();
        assertThat(log.log.statistics().segments()).isEqualTo(1);
        log.abandon();
    }

    @Test
    void aSegmentThatDiesAfterTheCheckpointStaysUntilTheNextTwo() throws IOException {
        List<Long> sequences = publish(100);
        checkpoint();
        checkpoint();
        sequences.forEach(log::settle);
        log.flushAndSettle();
        int segments = log.log.statistics().segments();
        checkpoint();
        assertThat(log.log.statistics().segments()).isEqualTo(segments);
        log.abandon();
        TestLog recovered = TestLog.open(disk, TestLog.small());
        assertThat(recovered.live).hasSize(3);
        recovered.abandon();
    }

    @Test
    void spaceComesBackAfterARestartToo() throws IOException {
        publish(300).forEach(log::settle);
        checkpoint();
        log.log.close();
        TestLog again = TestLog.open(disk, TestLog.small());
        again.publish(new byte[1]);
        again.checkpoint();
        again.settleAll();
        assertThat(again.log.statistics().segments()).isEqualTo(1);
        again.abandon();
    }

    @Test
    void sparesAreUsedBeforeNewFilesAreMade() {
        for (int i = 0; i < 10; i++) {
            publish(90).forEach(log::settle);
            checkpoint();
        }
        long highest = disk.list().stream()
                .filter(name -> name.startsWith(FileNames.SPARE))
                .count();
        assertThat(highest).isLessThanOrEqualTo(TestLog.small().spareSegments());
        assertThat(disk.usedBytes()).isLessThan(20L * TestLog.small().segmentBytes());
        log.abandon();
    }

    /** The journal waits for it, with all that is published. */
    @Test
    void aSegmentThatNoSpareIsReadyForIsMadeWithoutFillingIt() throws IOException {
        FakeDisk empty = new FakeDisk();
        String name = new SpareSegments(empty, TestLog.small()).take(64 << 20);
        assertThat(empty.faults().operations()).as("made, one write, forced").isEqualTo(3);
        assertThat(empty.open(name).length()).isEqualTo(64 << 20);
    }

    @Test
    void everyLifeOfASegmentHasItsOwnGeneration() throws IOException {
        Map<Long, String> generations = new HashMap<>();
        for (int i = 0; i < 6; i++) {
            publish(90).forEach(log::settle);
            checkpoint();
            Inventory.of(disk, 0).segments.forEach((first, header) -> {
                String name = FileNames.numbered(FileNames.JOURNAL, first);
                assertThat(generations.merge(header.generation(), name, (known, found) -> known))
                        .isEqualTo(name);
            });
        }
        assertThat(generations).hasSizeGreaterThan(10);
        log.abandon();
    }

    @Test
    void oldCheckpointsAreDeletedAndOneIsKept() {
        for (int i = 0; i < 5; i++) {
            checkpoint();
        }
        assertThat(files(FileNames.CHECKPOINT)).isEqualTo(2);
        log.abandon();
    }

    @Test
    void aCheckpointIsDueAfterEnoughBytesOrTime() {
        assertThat(log.log.checkpointDue()).isFalse();
        publish(2200);
        assertThat(log.log.checkpointDue()).isTrue();
        checkpoint();
        assertThat(log.log.checkpointDue()).isFalse();
        log.clockMillis += 60_000;
        assertThat(log.log.checkpointDue()).as("nothing was appended").isFalse();
        publish(1);
        assertThat(log.log.checkpointDue()).isTrue();
        log.abandon();
    }

    @Test
    void aCheckpointWaitsForWhatItCovers() {
        log.publish(new byte[10]);
        log.checkpoint();
        assertThat(log.background.waiting()).isZero();
        assertThatThrownBy(() -> log.log.checkpoint(Unpooled.buffer())).isInstanceOf(IllegalStateException.class);
        log.settleAll();
        assertThat(log.log.statistics().checkpoints()).isEqualTo(1);
        log.abandon();
    }

    /** What a broker does that nobody uses. */
    private void idle(int seconds, boolean diskIsLow) {
        for (int i = 0; i < seconds; i++) {
            log.clockMillis += 1_000;
            log.log.diskIsLow(diskIsLow);
            if (log.log.checkpointDue()) {
                log.checkpoint();
            }
            log.settleAll();
        }
    }

    @Test
    void spaceComesBackWithinAMinuteWhenNothingIsWrittenAnyMore() {
        publish(300).forEach(log::settle);
        log.flushAndSettle();
        idle(60, false);
        assertThat(log.log.statistics().segments()).isEqualTo(1);
        assertThat(files(FileNames.JOURNAL)).isEqualTo(1);
        log.abandon();
    }

    @Test
    void spaceThatADeadSegmentTookAfterTheLastCheckpointsComesBackToo() {
        List<Long> sequences = publish(300);
        checkpoint();
        checkpoint();
        sequences.forEach(log::settle);
        log.flushAndSettle();
        checkpoint();
        idle(60, false);
        assertThat(log.log.statistics().segments()).isLessThanOrEqualTo(2);
        log.abandon();
    }

    @Test
    void takesNoCheckpointsWhenNothingMoreCanComeBack() {
        publish(300).forEach(log::settle);
        log.flushAndSettle();
        idle(60, false);
        long checkpoints = log.log.statistics().checkpoints();
        assertThat(checkpoints).isLessThanOrEqualTo(2);
        idle(3_600, false);
        idle(3_600, true);
        assertThat(log.log.statistics().checkpoints()).isEqualTo(checkpoints);
        log.abandon();
    }

    @Test
    void aStragglerKeepsItsSegmentAndNoCheckpointsAreTakenForIt() {
        List<Long> sequences = publish(300);
        long straggler = sequences.get(150);
        sequences.stream().filter(sequence -> sequence != straggler).forEach(log::settle);
        log.flushAndSettle();
        idle(60, false);
        assertThat(log.log.statistics().segments()).isEqualTo(2);
        long checkpoints = log.log.statistics().checkpoints();
        idle(3_600, false);
        assertThat(log.log.statistics().checkpoints()).isEqualTo(checkpoints);
        assertThat(log.read(straggler)).hasSize(500);
        log.abandon();
    }

    @Test
    void whatCameBackWithoutTrafficIsNotMissedByARestart() throws IOException {
        List<Long> sequences = publish(300);
        sequences.subList(0, 290).forEach(log::settle);
        log.flushAndSettle();
        idle(60, false);
        log.abandon();
        TestLog again = TestLog.open(disk, TestLog.small());
        assertThat(again.live.keySet()).isEqualTo(log.live.keySet());
        assertThat(again.readLive()).hasSize(10);
        assertThat(again.replayed).isEmpty();
        again.abandon();
    }

    @Test
    void aCheckpointThatOnlyRepeatsIsFoundWhenTheOneAfterItIsDamaged() throws IOException {
        List<Long> sequences = publish(300);
        sequences.subList(0, 290).forEach(log::settle);
        log.flushAndSettle();
        idle(60, false);
        log.abandon();
        String newest = disk.list().stream()
                .filter(name -> name.startsWith(FileNames.CHECKPOINT))
                .reduce((first, second) -> second)
                .orElseThrow();
        disk.damage(newest, 70);
        TestLog again = TestLog.open(disk, TestLog.small());
        assertThat(again.readLive()).hasSize(10);
        again.abandon();
    }

    @Test
    void whileTheDiskIsLowOneSpareIsKeptAndDeadSegmentsAreDeleted() {
        publish(300).forEach(log::settle);
        checkpoint();
        checkpoint();
        assertThat(files(FileNames.SPARE)).isEqualTo(2);
        publish(300).forEach(log::settle);
        log.flushAndSettle();
        idle(20, true);
        assertThat(log.log.statistics().segments()).isLessThanOrEqualTo(2);
        assertThat(files(FileNames.SPARE)).isEqualTo(1);
        idle(20, false);
        publish(300).forEach(log::settle);
        idle(1, false);
        checkpoint();
        checkpoint();
        assertThat(files(FileNames.SPARE)).as("as many as before").isEqualTo(2);
        idle(20, false);
        assertThat(files(FileNames.SPARE)).as("when none is needed").isEqualTo(1);
        log.abandon();
    }

    @Test
    void aCheckpointThatHasNoRoomTakesThatOfTheSpares() {
        publish(300).forEach(log::settle);
        log.flushAndSettle();
        disk.faults().limitCapacity(disk.usedBytes());
        assertThat(files(FileNames.SPARE)).isGreaterThan(0);
        idle(60, true);
        assertThat(log.failures).isEmpty();
        assertThat(log.log.statistics().segments()).isEqualTo(1);
        log.abandon();
    }

    @Test
    void aCheckpointWithoutRoomIsTakenWhenThereIsSome() throws IOException {
        FakeDisk full = new FakeDisk();
        full.faults().limitCapacity(2L * TestLog.small().segmentBytes() + 1024);
        TestLog tight = TestLog.open(full, TestLog.small());
        tight.settleAll();
        tight.settle(tight.publish(new byte[12_000]));
        tight.settle(tight.publish(new byte[12_000]));
        tight.flushAndSettle();
        full.faults().limitCapacity(full.usedBytes());
        tight.clockMillis += 60_000;
        assertThat(tight.log.checkpointDue()).isTrue();
        tight.checkpoint();
        tight.settleAll();
        assertThat(tight.failures).isEmpty();
        assertThat(tight.log.statistics().checkpoints()).isZero();
        assertThat(full.list()).noneMatch(name -> name.startsWith(FileNames.CHECKPOINT));
        full.faults().limitCapacity(Long.MAX_VALUE);
        for (int i = 0; i < 2; i++) {
            tight.clockMillis += 60_000;
            assertThat(tight.log.checkpointDue()).isTrue();
            tight.checkpoint();
            tight.settleAll();
        }
        assertThat(tight.log.statistics().segments()).isEqualTo(1);
        tight.log.close();
        TestLog again = TestLog.open(full, TestLog.small());
        assertThat(again.live).isEmpty();
        again.abandon();
    }

    @Test
    void aLargeSnapshotIsRestored() throws IOException {
        for (int i = 0; i < 2_000; i++) {
            log.publish(new byte[1]);
        }
        checkpoint();
        log.log.close();
        TestLog again = TestLog.open(disk, TestLog.small());
        assertThat(again.live.keySet()).isEqualTo(log.live.keySet());
        assertThat(again.replayed).isEmpty();
        again.abandon();
    }
}
