package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Cuts the power in every single operation of a busy run, and looks at what is found afterwards. */
final class CrashEnumerationTest {
    private static final int VARIANTS = 3;

    @Test
    void whatWasReportedDurableIsFoundWhereverThePowerIsLost() throws IOException {
        for (long seed = 1; seed <= 3; seed++) {
            enumerate(seed, 500, 300);
        }
    }

    @Test
    void recycledSegmentsNeverComeBackWhereverThePowerIsLost() throws IOException {
        int operations = enumerate(4, 900, 900);
        assertThat(operations).isGreaterThan(200);
    }

    private static int enumerate(long seed, int steps, int payloadBytesMax) throws IOException {
        FakeDisk whole = new FakeDisk();
        CrashWorkload workload = new CrashWorkload(whole, new ArrayList<>(), seed, payloadBytesMax);
        workload.run(steps);
        assertThat(workload.log.failures).isEmpty();
        assertThat(workload.log.log.statistics().checkpoints()).isGreaterThanOrEqualTo(2);
        workload.log.abandon();
        int operations = whole.faults().operations();
        for (int at = 1; at <= operations; at++) {
            crashAt(at, seed, steps, payloadBytesMax);
        }
        return operations;
    }

    private static void crashAt(int operation, long seed, int steps, int payloadBytesMax) throws IOException {
        FakeDisk disk = new FakeDisk();
        disk.faults().losePowerAt(operation);
        List<CrashWorkload.Command> commands = new ArrayList<>();
        long reported = 0;
        try {
            CrashWorkload workload = new CrashWorkload(disk, commands, seed, payloadBytesMax);
            workload.run(steps);
            reported = workload.log.reportedDurable();
            workload.log.abandon();
        } catch (PowerLossException e) {
            // Lost while the log was opened: there is nothing to find.
            assertThat(commands).isEmpty();
        }
        for (int variant = 0; variant < VARIANTS; variant++) {
            String where = "seed " + seed + ", operation " + operation + ", variant " + variant;
            Random random = new Random(seed * 31 + operation * 7L + variant);
            FakeDisk found = disk.afterPowerLoss(random);
            if (variant == 0) {
                found = crashInRecovery(found, random);
            }
            check(found, commands, reported, where);
        }
    }

    /** Starts, and loses power again in one of the operations of the start. */
    private static FakeDisk crashInRecovery(FakeDisk disk, Random random) throws IOException {
        disk.faults().losePowerAt(1 + random.nextInt(6));
        try {
            TestLog.open(disk, TestLog.small()).abandon();
        } catch (PowerLossException e) {
            assertThat(disk.faults().powerIsLost()).isTrue();
        }
        return disk.afterPowerLoss(random);
    }

    private static void check(FakeDisk found, List<CrashWorkload.Command> commands, long reported, String where)
            throws IOException {
        TestLog recovered = TestLog.open(found, TestLog.small());
        long last = recovered.log.appendedSequence();
        assertThat(last).as(where).isGreaterThanOrEqualTo(reported);
        Map<Long, ByteBuffer> expected = CrashWorkload.stateAt(commands, last);
        assertThat(recovered.readLive()).as(where).isEqualTo(expected);
        assertThat(found.list()).as(where).noneMatch(name -> name.startsWith(FileNames.LOST));
        recovered.abandon();

        TestLog again = TestLog.open(found.afterPowerLoss(new Random(last)), TestLog.small());
        assertThat(again.log.appendedSequence()).as("again: " + where).isEqualTo(last);
        assertThat(again.readLive()).as("again: " + where).isEqualTo(expected);
        goesOn(again, where);
        again.abandon();
    }

    /** A log that was recovered takes records, makes checkpoints and is found again as any other. */
    private static void goesOn(TestLog log, String where) {
        long sequence = log.publish(new byte[100]);
        log.flushAndSettle();
        log.checkpoint();
        log.settleAll();
        assertThat(log.failures).as(where).isEmpty();
        assertThat(log.reportedDurable()).as(where).isEqualTo(sequence);
        assertThat(log.readLive().keySet()).as(where).isEqualTo(log.live.keySet());
    }
}
