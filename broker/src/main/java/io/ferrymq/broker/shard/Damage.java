package io.ferrymq.broker.shard;

import io.ferrymq.broker.message.Varint;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.timer.DueEntry;
import io.ferrymq.broker.timer.Holder;
import io.ferrymq.broker.timer.Timetable;
import io.ferrymq.broker.topology.DeclaredQueue;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.DamagedRecordException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * What happens to a message that cannot be read: it leaves its place for that place's error list, in one record, and one
 * line tells. Lane only.
 *
 * <pre>
 *   SET_ASIDE:       entry, place, u8 0 and u8 level if it was in the queue; u8 1 and varint due if it waited there
 *   SET_ASIDE_DROP:  place, varint sequence, 0 for all
 * </pre>
 */
final class Damage {
    private static final int WAS_IN_QUEUE = 0;
    private static final int WAITED = 1;
    private static final int ALL = 0;

    private final LongSupplier clockMillis;
    private final CommandLog log;
    private final Turn turn;
    private final SetAside setAside;
    private final DamageReport report;
    private final ByteBuf record = Unpooled.directBuffer(256);

    Damage(Lane lane, LongSupplier clockMillis, CommandLog log, Turn turn) {
        this.clockMillis = clockMillis;
        this.log = log;
        this.turn = turn;
        this.setAside = new SetAside(log);
        this.report = new DamageReport(lane);
    }

    SetAside setAside() {
        return setAside;
    }

    /** Messages set aside since the broker started. */
    long total() {
        return report.total();
    }

    // ---- at run time ----

    /** A message of a queue cannot be read. The queue forgets it then. */
    void inQueue(Queue queue, int level, long sequence, int bodyBytes, boolean durable, DamagedRecordException why) {
        Holder place = new Holder.AtQueue(queue.vhost(), queue.number());
        SetAside.Entry entry = entry(sequence, bodyBytes, durable, why);
        keep(place, entry, WAS_IN_QUEUE, level);
        report.setAside("queue '" + queue.name() + "' in vhost '" + queue.vhost() + "'", entry);
    }

    /** A message that waits for its time cannot be read; false if there is no room for it in the list. */
    boolean waiting(Holder place, DueEntry due, DamagedRecordException why) {
        SetAside.Entry entry = entry(due.sequence, -1, due.durable, why);
        boolean kept = keep(place, entry, WAITED, due.dueMillis);
        String where = switch (place) {
            case Holder.AtExchange at -> "exchange '" + at.exchange() + "'";
            case Holder.AtQueue at -> "queue " + at.queue();
        };
        report.setAside(where + " in vhost '" + place.vhost() + "'", entry);
        return kept;
    }

    private SetAside.Entry entry(long sequence, int bodyBytes, boolean durable, DamagedRecordException why) {
        return new SetAside.Entry(
                sequence, clockMillis.getAsLong(), bodyBytes, durable, String.valueOf(why.getMessage()));
    }

    private boolean keep(Holder place, SetAside.Entry entry, int from, long detail) {
        boolean kept = setAside.hasRoom();
        if (kept) {
            setAside.add(place, entry);
        }
        if (kept && entry.durable()) {
            record.clear();
            SetAside.encode(record, entry);
            SetAside.encodePlace(record, place);
            record.writeByte(from);
            Varint.write(record, detail);
            log.append(RecordType.SET_ASIDE, record, Unpooled.EMPTY_BUFFER, 0);
            turn.writeLater();
        }
        return kept;
    }

    /** The operator drops one message; false if it is not there. */
    boolean drop(Holder place, long sequence) {
        SetAside.Entry entry = setAside.remove(place, sequence);
        if (entry != null && entry.durable()) {
            writeDrop(place, sequence);
        }
        return entry != null;
    }

    /** The operator drops all messages of a place; returns how many that were. */
    long dropAll(Holder place) {
        long dropped = setAside.removeAll(place);
        if (dropped > 0) {
            writeDrop(place, ALL);
        }
        return dropped;
    }

    private void writeDrop(Holder place, long sequence) {
        record.clear();
        SetAside.encodePlace(record, place);
        Varint.write(record, sequence);
        log.append(RecordType.SET_ASIDE_DROP, record, Unpooled.EMPTY_BUFFER, 0);
        turn.writeLater();
    }

    // ---- in recovery ----

    void replay(ByteBuf in, LongFunction<Optional<DeclaredQueue>> queues, Timetable timetable) {
        SetAside.Entry entry = SetAside.decodeEntry(in);
        Holder place = SetAside.decodePlace(in);
        int from = in.readByte();
        long detail = Varint.read(in);
        setAside.add(place, entry);
        if (from == WAITED) {
            if (timetable.remove(detail, entry.sequence())) {
                log.release(entry.sequence());
            }
        } else if (place instanceof Holder.AtQueue at) {
            queues.apply(at.queue())
                    .ifPresent(queue -> ((Queue) queue).settleRange((int) detail, entry.sequence(), entry.sequence()));
        }
    }

    void replayDrop(ByteBuf in) {
        Holder place = SetAside.decodePlace(in);
        long sequence = Varint.read(in);
        if (sequence == ALL) {
            setAside.removeAll(place);
        } else {
            setAside.remove(place, sequence);
        }
    }

    void close() {
        record.release();
    }
}
