package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Cuts the power in every single operation of a busy run, and looks at what is found afterwards. */
final class CrashEnumerationTest {
    private static final int STEPS = 400;

    /** What was appended, in order, to be replayed up to any record. */
    private record Command(long sequence, long settled, ByteBuffer payload) {}

    /** A run with all that a broker does, in an order that depends on the seed alone. */
    private static final class Workload {
        final List<Command> commands;
        final Random random;
        final TestLog log;

        Workload(FakeDisk disk, List<Command> commands, long seed) throws IOException {
            this.commands = commands;
            this.random = new Random(seed);
            this.log = TestLog.open(disk, TestLog.small());
        }

        void run() {
            for (int i = 0; i < STEPS && log.failures.isEmpty(); i++) {
                step();
            }
        }

        private void step() {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> publish();
                case 3 -> settle();
                case 4 -> log.log.flush();
                case 5 -> log.lane.turn();
                case 6, 7 -> log.journal.turn();
                case 8 -> log.background.turn();
                default -> checkpoint();
            }
        }

        private void publish() {
            byte[] payload = new byte[random.nextInt(20) == 0 ? 3000 : random.nextInt(300)];
            random.nextBytes(payload);
            commands.add(new Command(log.publish(payload), 0, ByteBuffer.wrap(payload)));
        }

        private void settle() {
            if (!log.live.isEmpty()) {
                long settled = log.live.firstKey();
                commands.add(new Command(log.settle(settled), settled, ByteBuffer.allocate(0)));
            }
        }

        private void checkpoint() {
            if (random.nextInt(4) == 0 && log.background.waiting() == 0 && log.lane.waiting() == 0) {
                try {
                    log.checkpoint();
                } catch (IllegalStateException e) {
                    // One is under way already.
                    assertThat(e).hasMessageContaining("still being written");
                }
            }
        }
    }

    @Test
    void whatWasReportedDurableIsFoundWhereverThePowerIsLost() throws IOException {
        for (long seed = 1; seed <= 3; seed++) {
            FakeDisk whole = new FakeDisk();
            Workload workload = new Workload(whole, new ArrayList<>(), seed);
            workload.run();
            workload.log.abandon();
            int operations = whole.faults().operations();
            assertThat(operations).isGreaterThan(50);
            for (int at = 1; at <= operations; at++) {
                crashAt(at, seed);
            }
        }
    }

    private static void crashAt(int operation, long seed) throws IOException {
        FakeDisk disk = new FakeDisk();
        disk.faults().losePowerAt(operation);
        List<Command> commands = new ArrayList<>();
        Workload workload = null;
        try {
            workload = new Workload(disk, commands, seed);
            workload.run();
        } catch (PowerLossException e) {
            // Lost while the log was opened: there is nothing to find.
            assertThat(commands).isEmpty();
        }
        long reported = workload == null ? 0 : workload.log.reportedDurable();
        for (int variant = 0; variant < 3; variant++) {
            String where = "seed " + seed + ", operation " + operation + ", variant " + variant;
            FakeDisk found = disk.afterPowerLoss(new Random(seed * 31 + operation * 7L + variant));
            TestLog recovered = TestLog.open(found, TestLog.small());
            long last = recovered.log.appendedSequence();
            assertThat(last).as(where).isGreaterThanOrEqualTo(reported);
            Map<Long, ByteBuffer> expected = stateAt(commands, last);
            assertThat(recovered.readLive())
                    .as(where)
                    .usingRecursiveComparison()
                    .isEqualTo(expected);
            recovered.abandon();
            recoveringTwiceIsRecoveringOnce(found, last, expected, where);
        }
        if (workload != null) {
            workload.log.abandon();
        }
    }

    private static void recoveringTwiceIsRecoveringOnce(
            FakeDisk found, long last, Map<Long, ByteBuffer> expected, String where) throws IOException {
        TestLog again = TestLog.open(found.afterPowerLoss(new Random(last)), TestLog.small());
        assertThat(again.log.appendedSequence()).as(where).isEqualTo(last);
        assertThat(again.readLive()).as(where).isEqualTo(expected);
        again.abandon();
    }

    private static Map<Long, ByteBuffer> stateAt(List<Command> commands, long last) {
        TreeMap<Long, ByteBuffer> live = new TreeMap<>();
        boolean met = last == 0;
        for (Command command : commands) {
            if (command.sequence() <= last) {
                met |= command.sequence() == last;
                if (command.settled() > 0) {
                    live.remove(command.settled());
                } else {
                    live.put(command.sequence(), command.payload());
                }
            }
        }
        assertThat(met).as("record " + last + " was invented").isTrue();
        return live;
    }
}
