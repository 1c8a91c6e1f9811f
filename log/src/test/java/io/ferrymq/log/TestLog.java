package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A log with a small broker on top, for tests: cranked by hand, and told everything twice. A record of type {@link
 * #PUBLISH} is live until a record of type {@link #SETTLE} names it; the snapshot is the list of live sequences.
 */
final class TestLog implements RecoveryTarget {
    static final byte PUBLISH = 1;
    static final byte SETTLE = 2;

    final Crank lane = new Crank();
    final Crank journal = new Crank();
    final Crank background = new Crank();
    final List<Throwable> failures = new ArrayList<>();
    final List<Long> durable = new ArrayList<>();
    final List<Long> replayed = new ArrayList<>();

    /** Live records and their payloads. */
    final TreeMap<Long, ByteBuffer> live = new TreeMap<>();

    long clockMillis = 1_000_000;
    final CommandLog log;

    private TestLog(Storage disk, LogOptions options) throws IOException {
        LogEnvironment environment =
                new LogEnvironment(lane, journal, background, () -> clockMillis, failures::add, () -> {});
        log = JournaledLog.open(disk, options, environment, this, durable::add);
    }

    static TestLog open(Storage disk, LogOptions options) throws IOException {
        return new TestLog(disk, options);
    }

    /** Segments of 16 KiB, batches of 2 KiB, caches of 8 KiB: everything happens within a hundred records. */
    static LogOptions small() {
        return new LogOptions(0, 16 << 10, 2 << 10, 8 << 10, 8 << 10, 1 << 10, 2, 1 << 20, 60_000, 0);
    }

    long publish(byte[] payload) {
        ByteBuf body = Unpooled.wrappedBuffer(payload);
        long sequence = log.append(PUBLISH, Unpooled.EMPTY_BUFFER, body, 1);
        body.release();
        live.put(sequence, ByteBuffer.wrap(payload));
        return sequence;
    }

    long settle(long published) {
        ByteBuf head = Unpooled.buffer().writeLong(published);
        long sequence = log.append(SETTLE, head, Unpooled.EMPTY_BUFFER, 0);
        applySettle(log, published);
        return sequence;
    }

    private void applySettle(CommandLog recovering, long published) {
        if (live.remove(published) != null) {
            recovering.release(published);
        }
    }

    void checkpoint() {
        ByteBuf snapshot = Unpooled.buffer();
        live.keySet().forEach(snapshot::writeLong);
        log.checkpoint(snapshot);
    }

    /** Lets go of the memory, as a process does that is killed; nothing reaches the disk. */
    void abandon() {
        failures.add(new IOException("killed"));
        ((JournaledLog) log).abandon();
    }

    /** Turns all cranks until nothing is left to do. */
    void settleAll() {
        Crank.settle(journal, lane, background);
    }

    void flushAndSettle() {
        log.flush();
        settleAll();
    }

    long reportedDurable() {
        return durable.isEmpty() ? 0 : durable.getLast();
    }

    byte[] read(long sequence) {
        return read(log, sequence);
    }

    static byte[] read(CommandLog log, long sequence) {
        RecordView view = new RecordView();
        log.read(sequence, view);
        byte[] payload = new byte[view.length()];
        view.buffer().getBytes(view.offset(), payload);
        return payload;
    }

    @Override
    public void restore(CommandLog recovering, long sequence, ByteBuf snapshot) {
        while (snapshot.readableBytes() >= Long.BYTES) {
            long published = snapshot.readLong();
            recovering.retain(published, 1);
            live.put(published, ByteBuffer.allocate(0));
        }
    }

    @Override
    public void replay(CommandLog recovering, RecordView record) {
        replayed.add(record.sequence());
        if (record.type() == SETTLE && record.length() >= Long.BYTES) {
            applySettle(recovering, record.buffer().getLong(record.offset()));
        } else {
            byte[] payload = new byte[record.length()];
            record.buffer().getBytes(record.offset(), payload);
            live.put(record.sequence(), ByteBuffer.wrap(payload));
            recovering.retain(record.sequence(), 1);
        }
    }

    /** Reads the payloads of all live records from the log. */
    Map<Long, ByteBuffer> readLive() {
        Map<Long, ByteBuffer> read = new TreeMap<>();
        live.keySet().forEach(sequence -> read.put(sequence, ByteBuffer.wrap(read(sequence))));
        return read;
    }
}
