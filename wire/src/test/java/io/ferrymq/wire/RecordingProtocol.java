package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A protocol of the tests: its connections begin with its name, every line {@code x\n} is answered with {@code <x>}
 * unless it begins with {@code #}, and everything that happens is written down.
 *
 * <p>Thread contract: written on the lane, read by the test.
 */
final class RecordingProtocol implements ProtocolBinding {
    private final String prefix;
    final List<Session> sessions = new CopyOnWriteArrayList<>();

    RecordingProtocol(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public String name() {
        return prefix;
    }

    @Override
    public ProtocolSelector selector() {
        return ProtocolSelector.startsWith(prefix);
    }

    @Override
    public ByteHandler open(Connection connection) {
        Session session = new Session(connection);
        sessions.add(session);
        return session;
    }

    @Override
    public void refuse(Connection connection) {
        connection.write(text(connection, "speak " + prefix));
    }

    Session only() {
        return sessions.getFirst();
    }

    private static ByteBuf text(Connection connection, String text) {
        return connection.allocator().buffer().writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** One connection. */
    static final class Session implements ByteHandler {
        final Connection connection;
        final List<String> lines = new CopyOnWriteArrayList<>();
        final List<String> events = new CopyOnWriteArrayList<>();
        volatile int goes; // Written on the lane, read by the test.
        private boolean spent;
        volatile @Nullable CloseCause cause; // Written on the lane, read by the test.

        /** What every call throws from now on. */
        volatile @Nullable Throwable fault; // Written by the test, read on the lane.

        private long held;

        Session(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void received(ByteBuf bytes) {
            goes++;
            fail();
            for (int end = bytes.bytesBefore((byte) '\n'); end >= 0; end = bytes.bytesBefore((byte) '\n')) {
                line(bytes.readString(end, StandardCharsets.UTF_8));
                bytes.skipBytes(1);
                if (connection.isReadingPaused() || spent) {
                    spent = false;
                    return;
                }
            }
        }

        private void fail() {
            switch (fault) {
                case null -> {}
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                default -> throw new AssertionError("not to be thrown", fault);
            }
        }

        private void line(String line) {
            lines.add(line);
            switch (line) {
                case "fail" -> throw new IllegalStateException("a bug in the handler");
                case "pause" -> connection.pauseReading();
                case "spend" -> spent = !connection.spend(ReadBudget.UNITS);
                case "bye" -> {
                    send("see you");
                    connection.close();
                }
                case "drop" -> connection.closeNow();
                default -> {
                    if (!line.startsWith("#")) {
                        send("<" + line + ">");
                    }
                }
            }
        }

        void send(String text) {
            connection.write(text(connection, text));
            connection.flushAtTurnEnd();
        }

        @Override
        public void readComplete() {
            fail();
            events.add("readComplete");
        }

        @Override
        public void writabilityChanged() {
            fail();
            events.add(connection.isWritable() ? "writable" : "unwritable");
        }

        @Override
        public void overLimit(String why) {
            fail();
            connection.write(text(connection, "over: " + why));
            connection.flush();
        }

        @Override
        public void shutdown() {
            fail();
            send("the broker stops");
            connection.close();
        }

        /** Holds memory of messages until the end; on the lane. */
        void hold(long bytes) {
            held += bytes;
            connection.hold(bytes);
        }

        @Override
        public void closed(CloseCause why) {
            connection.hold(-held);
            held = 0;
            cause = why;
        }
    }
}
