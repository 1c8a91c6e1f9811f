package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class GroupCommitTest {
    private static final byte[] PAYLOAD = new byte[100];

    private final FakeDisk disk = new FakeDisk();
    private final TestLog log;

    GroupCommitTest() throws IOException {
        log = TestLog.open(disk, TestLog.small());
        log.settleAll();
    }

    @Test
    void writesNothingBeforeAFlush() {
        log.publish(PAYLOAD);
        assertThat(log.journal.waiting()).isZero();
        assertThat(log.log.pendingBytes()).isPositive();
    }

    @Test
    void writesAFullBatchWithoutAFlush() {
        while (log.journal.waiting() == 0) {
            log.publish(PAYLOAD);
        }
        assertThat(log.log.pendingBytes()).isBetween(1900L, 2200L);
        log.journal.turn();
        log.lane.turn();
        assertThat(log.durable).hasSize(1);
    }

    @Test
    void collectsWhileTheJournalIsBusyAndFlushesAllOfThatAtOnce() {
        log.publish(PAYLOAD);
        log.log.flush();
        for (int i = 0; i < 10; i++) {
            log.publish(PAYLOAD);
            log.log.flush();
        }
        assertThat(log.journal.waiting()).isEqualTo(1);
        log.settleAll();
        assertThat(log.log.statistics().flushes()).isEqualTo(2);
        assertThat(log.durable).containsExactly(2L, 22L);
    }

    @Test
    void wakesTheLaneOnceForAFlush() {
        for (int i = 0; i < 100; i++) {
            log.publish(PAYLOAD);
        }
        log.log.flush();
        log.journal.turn();
        assertThat(log.lane.waiting()).isEqualTo(1);
    }

    @Test
    void doesNotFlushWhenNothingWaits() {
        log.log.flush();
        assertThat(log.journal.waiting()).isZero();
        log.publish(PAYLOAD);
        log.flushAndSettle();
        log.log.flush();
        assertThat(log.journal.waiting()).isZero();
    }

    @Test
    void handsTheNextRunOverBeforeItReportsTheLast() {
        log.publish(PAYLOAD);
        log.log.flush();
        log.publish(PAYLOAD);
        log.log.flush();
        log.journal.turn();
        log.lane.turn();
        assertThat(log.durable).hasSize(1);
        assertThat(log.journal.waiting()).as("the next run").isEqualTo(1);
    }

    @Test
    void countsWhatIsPending() {
        log.publish(PAYLOAD);
        long one = log.log.pendingBytes();
        assertThat(one).isBetween(100L, 120L);
        log.publish(PAYLOAD);
        assertThat(log.log.pendingBytes()).isEqualTo(2 * one);
        log.flushAndSettle();
        assertThat(log.log.pendingBytes()).isZero();
        assertThat(log.log.durableSequence()).isEqualTo(log.log.appendedSequence());
    }

    @Test
    void closeFlushesWhatWaits() throws IOException {
        long sequence = log.publish(PAYLOAD);
        log.log.close();
        assertThat(log.durable).containsExactly(sequence);
        TestLog again = TestLog.open(disk, TestLog.small());
        assertThat(again.live).containsOnlyKeys(sequence);
    }

    @Test
    void closeTakesOverWhatTheJournalThreadHasNotBegun() throws IOException {
        log.publish(PAYLOAD);
        log.log.flush();
        long sequence = log.publish(PAYLOAD);
        log.log.close();
        log.settleAll();
        assertThat(log.durable).containsExactly(2L, sequence);
        assertThat(TestLog.open(disk, TestLog.small()).log.appendedSequence()).isEqualTo(sequence);
    }
}
