package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** One error of the disk, and the log never says again that anything is durable. */
final class WriteFailureTest {
    private final FakeDisk disk = new FakeDisk();

    private TestLog openAndPublish() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        log.settleAll();
        log.publish(new byte[100]);
        log.flushAndSettle();
        log.publish(new byte[100]);
        return log;
    }

    private static void assertStopped(TestLog log, String cause) {
        assertThat(log.failures).hasSize(1);
        assertThat(log.failures.getFirst()).hasMessageContaining(cause);
        assertThat(log.durable).hasSize(1);
        assertThatThrownBy(() -> log.publish(new byte[1]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the log has failed: ")
                .hasMessageContaining(cause);
        log.settleAll();
        assertThat(log.durable).hasSize(1);
        log.abandon();
    }

    @Test
    void aFailedWriteIsNeverReportedDurable() throws IOException {
        TestLog log = openAndPublish();
        disk.faults().failWrite(1);
        log.flushAndSettle();
        assertStopped(log, "Input/output error");
    }

    @Test
    void aFailedForceIsNeverTriedAgain() throws IOException {
        TestLog log = openAndPublish();
        disk.faults().failForce(1);
        int before = disk.faults().operations();
        log.flushAndSettle();
        assertThat(disk.faults().operations() - before)
                .as("one write, one force")
                .isEqualTo(2);
        assertStopped(log, "Input/output error");
    }

    @Test
    void aFullDiskStopsTheLog() throws IOException {
        TestLog log = openAndPublish();
        disk.faults().limitCapacity(disk.usedBytes());
        for (int i = 0; i < 400 && log.failures.isEmpty(); i++) {
            log.publish(new byte[100]);
            log.log.flush();
            log.journal.turn();
            log.lane.turn();
        }
        assertThat(log.failures).hasSize(1);
        assertThat(log.failures.getFirst()).hasMessageStartingWith("the disk is full: ");
        long reported = log.reportedDurable();
        log.abandon();
        disk.faults().limitCapacity(Long.MAX_VALUE);
        TestLog recovered = TestLog.open(disk, TestLog.small());
        assertThat(recovered.log.appendedSequence()).isGreaterThanOrEqualTo(reported);
        recovered.abandon();
    }

    @Test
    void aNearlyFullDiskIsNotFilledWithSpares() throws IOException {
        disk.faults().limitCapacity(3L * TestLog.small().segmentBytes());
        TestLog log = openAndPublish();
        log.flushAndSettle();
        assertThat(log.failures).isEmpty();
        assertThat(disk.usedBytes()).isLessThanOrEqualTo(2L * TestLog.small().segmentBytes());
        log.abandon();
    }

    @Test
    void aFailedCheckpointStopsTheLog() throws IOException {
        TestLog log = openAndPublish();
        disk.faults().failRename(1);
        log.log.flush();
        log.journal.turn();
        log.lane.turn();
        log.checkpoint();
        log.settleAll();
        assertThat(log.failures).hasSize(1);
        assertThat(log.log.statistics().checkpoints()).isZero();
        log.abandon();
        TestLog recovered = TestLog.open(disk, TestLog.small());
        assertThat(recovered.live.keySet()).isEqualTo(log.live.keySet());
        recovered.abandon();
    }

    @Test
    void anErrorInTheBackgroundEndsReportsOfTheJournalToo() throws IOException {
        TestLog log = TestLog.open(disk, TestLog.small());
        log.publish(new byte[100]);
        log.log.flush();
        log.journal.turn();
        disk.faults().failForce(1);
        log.background.turn();
        assertThat(log.failures).hasSize(1);
        log.settleAll();
        assertThat(log.durable).isEmpty();
        log.abandon();
    }
}
