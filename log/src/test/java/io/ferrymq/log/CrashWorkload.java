package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;

/**
 * A run with all that a broker does to a log, in an order that depends on the seed alone: publishes, settles, transient
 * records, flushes, checkpoints, and turns of every thread in between.
 */
final class CrashWorkload {
    /** What was appended, to be replayed up to any record. {@code settled} is 0 for a publish, and the record itself for a mark. */
    record Command(long sequence, long settled, ByteBuffer payload) {}

    private final List<Command> commands;
    private final Queue<Long> transients = new ArrayDeque<>();
    private final Random random;
    private final int payloadBytesMax;
    final TestLog log;

    CrashWorkload(FakeDisk disk, List<Command> commands, long seed, int payloadBytesMax) throws IOException {
        this.commands = commands;
        this.random = new Random(seed);
        this.payloadBytesMax = payloadBytesMax;
        this.log = TestLog.open(disk, TestLog.small());
    }

    void run(int steps) {
        for (int i = 0; i < steps && log.failures.isEmpty(); i++) {
            step();
        }
    }

    private void step() {
        switch (random.nextInt(13)) {
            case 0, 1, 2 -> publish();
            case 3, 4 -> settle();
            case 5 -> log.log.flush();
            case 6 -> log.lane.turn();
            case 7, 8 -> log.journal.turn();
            case 9, 10 -> log.background.turn();
            case 11 -> useTransients();
            default -> checkpoint();
        }
    }

    private void publish() {
        byte[] payload = new byte[random.nextInt(20) == 0 ? 3000 : random.nextInt(payloadBytesMax)];
        random.nextBytes(payload);
        commands.add(new Command(log.publish(payload), 0, ByteBuffer.wrap(payload)));
    }

    private void settle() {
        if (!log.live.isEmpty()) {
            long settled = random.nextInt(4) == 0 ? log.live.lastKey() : log.live.firstKey();
            commands.add(new Command(log.settle(settled), settled, ByteBuffer.allocate(0)));
        }
    }

    private void useTransients() {
        if (transients.size() > 20) {
            transients.forEach(log.log::release);
            transients.clear();
        }
        byte[] payload = new byte[1000];
        transients.add(
                log.log.appendTransient(TestLog.PUBLISH, Unpooled.EMPTY_BUFFER, Unpooled.wrappedBuffer(payload), 1));
    }

    private void checkpoint() {
        if (random.nextInt(3) == 0) {
            try {
                log.checkpoint();
                mark();
            } catch (IllegalStateException e) {
                // One is under way already.
                assertThat(e).hasMessageContaining("still being written");
            }
        }
    }

    /** A checkpoint that repeats one has the log append a record that says nothing. */
    private void mark() {
        long appended = log.log.appendedSequence();
        if (!commands.isEmpty() && commands.getLast().sequence() < appended) {
            commands.add(new Command(appended, appended, ByteBuffer.allocate(0)));
        }
    }

    /** What is live after the commands up to this record, which must be one of them. */
    static Map<Long, ByteBuffer> stateAt(List<Command> commands, long last) {
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
