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
