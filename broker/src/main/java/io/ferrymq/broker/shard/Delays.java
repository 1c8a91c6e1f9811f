package io.ferrymq.broker.shard;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.DelayHeaders;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.MessageFormat;
import io.ferrymq.broker.message.MessageFormats;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.broker.message.ValueCodec;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.broker.timer.DelayRecord;
import io.ferrymq.broker.timer.DueEntry;
import io.ferrymq.broker.timer.Holder;
import io.ferrymq.broker.timer.Place;
import io.ferrymq.broker.timer.Timetable;
import io.ferrymq.broker.topology.TopologyCommand;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.DamagedRecordException;
import io.ferrymq.log.RecordView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages that wait for their time: keeps them, and publishes each when it is due. Lane only.
 *
 * <pre>
 *   from      to         record         on
 *   -         waiting    DELAY or HOLD  {@link #hold}, at an exchange or at a queue
 *   waiting   routed     PUBLISH        it is due, or to be routed at once, and a durable queue takes it
 *   waiting   routed     DELAY_END      the same, and only other queues take it, or none
 *   waiting   waiting    DELAY or HOLD  {@link #postpone}: another record takes its place
 *   waiting   waiting    -              its queue is too full: it stands in line there, and is simply due after a restart
 *   -         waiting    SPREAD         {@link #spread}: it is to be written for many places, in turns of their own
 *   waiting   waiting    SPREAD         it has been written for some of them: another record takes its place
 *   waiting   gone       DELAY_END      {@link #cancel}
 *   waiting   gone       HOLD_PURGE     its queue is purged
 *   waiting   gone       SET_ASIDE      it cannot be read: {@link Damage}
 *   waiting   gone       TOPOLOGY       its exchange, queue or virtual host is deleted
 * </pre>
 *
 * <p>Each way out is one record, which says which message it ends. So a crash leaves a message waiting or routed, and
 * never both or none. A message that has waited at an exchange may wait once more at a queue; then the two are two
 * records, and a crash between them leaves both. The clock is looked at only to decide; applying a record needs none.
 */
final class Delays {
    private static final Logger LOG = LoggerFactory.getLogger(Delays.class);

    /** What is to be written for more places is divided in two, so that no part of it is long. */
    private static final int PLACES_MAX = 1_000;

    private static final long RELIEF_MILLIS = 5;

    /** Publishes a message whose time has come to the exchange, or puts it into the queue, that held it. */
    interface Publisher {
        void publish(Holder holder, Publication message, @Nullable History history);

        /** Writes a message for the first of these places, as many as there is room for and one at least; returns how many. */
        int send(String vhost, List<Place> places, Publication message, @Nullable History history);

        /** When a queue is to be asked again that is too full for a body of so many bytes; 0 if it takes it. */
        long tryAgainMillis(Holder.AtQueue holder, int bodyBytes);
    }

    /** Of a message that did not wait for its time. */
    private static final long IN_QUEUE = 1;

    private final Lane lane;
    private final LongSupplier clockMillis;
    private final CommandLog log;
    private final MessageFormats formats;
    private final BooleanSupplier haveToWait;
    private final Publisher publisher;
    private final Turn turn;
    private final Damage damage;
    private final WakeUp wakeUp;
    private final Timetable timetable = new Timetable(entry -> release(entry.sequence));
    private final DueEntry first = new DueEntry();
    private final RecordView view = new RecordView();
    private final ByteBuf head = Unpooled.directBuffer(1024);
    private boolean begun;
    /** In recovery, records that end a wait which had ended. */
    private long endedTwice;

    private boolean sweeping;
    /** Whether a chore routes what is due. */
    private boolean routing;

    private boolean stopped;

    Delays(
            Lane lane,
            LongSupplier clockMillis,
            CommandLog log,
            MessageFormats formats,
            BooleanSupplier haveToWait,
            Turn turn,
            Damage damage,
            Publisher publisher) {
        this.lane = lane;
        this.clockMillis = clockMillis;
        this.log = log;
        this.formats = formats;
        this.haveToWait = haveToWait;
        this.turn = turn;
        this.damage = damage;
        this.publisher = publisher;
        this.wakeUp = new WakeUp(lane, clockMillis, this::run);
    }

    Timetable timetable() {
        return timetable;
    }

    // ---- in ----

    /**
     * Keeps a message until a time; returns the sequence that must be durable before it may be confirmed, 0 if it is not
     * to outlive the process. The wait that the message may come from is not over with this, since it may go to other
     * places, too: whoever routes it ends that when all has been written.
     */
    long hold(Holder holder, Publication message, @Nullable History history, long dueMillis, boolean durable) {
        return hold(holder, List.of(), message, history, Math.min(dueMillis, Timetable.DUE_MILLIS_MAX), durable);
    }

    /** When a message is due that waits from now on. */
    long dueMillis(long delayMillis) {
        return Timetable.due(clockMillis.getAsLong(), delayMillis);
    }

    /** As {@link #hold}, for a message that is to be written for these places, and is kept until it is. */
    long spread(String vhost, List<? extends Place> places, Publication message, @Nullable History history) {
        return hold(
                new Holder.AtExchange(vhost, ""),
                places,
                message,
                history,
                clockMillis.getAsLong(),
                message.persistent());
    }

    private long hold(
            Holder holder,
            List<? extends Place> places,
            Publication message,
            @Nullable History history,
            long dueMillis,
            boolean durable) {
        long replaced = message.replacedSequence();
        message.replaces(0, message.replacedDueMillis());
        long sequence = keep(holder, places, message, history, dueMillis, durable);
        message.replaces(replaced, message.replacedDueMillis());
        if (durable) {
            turn.flushLater();
        }
        return durable ? sequence : 0;
    }

    /** As {@link #hold} for what a queue holds already and cannot take yet: the wait that it comes from is over. */
    void holdAgain(
            Holder.AtQueue holder, Publication message, @Nullable History history, long dueMillis, boolean durable) {
        replace(holder, List.of(), message, history, dueMillis, durable);
    }

    /** Another record takes the place of the one that the message waits with. */
    private long replace(
            Holder holder,
            List<Place> places,
            Publication message,
            @Nullable History history,
            long dueMillis,
            boolean durable) {
        long sequence = keep(holder, places, message, history, dueMillis, durable);
        if (durable) {
            message.replaces(0, 0);
            turn.writeLater();
        }
        return sequence;
    }

    private long keep(
            Holder holder,
            List<? extends Place> places,
            Publication message,
            @Nullable History history,
            long dueMillis,
            boolean durable) {
        head.clear();
        DelayRecord.encode(head, dueMillis, holder, places, message, history, clockMillis.getAsLong());
        byte type = places.isEmpty() ? typeOf(holder) : RecordType.SPREAD;
        long sequence = durable
                ? log.append(type, head, message.body(), 1)
                : log.appendTransient(type, head, message.body(), 1);
        timetable.add(dueMillis, sequence, holder, durable);
        wakeUp.at(timetable.nextMillis());
        return sequence;
    }

    private static byte typeOf(Holder holder) {
        return switch (holder) {
            case Holder.AtExchange _ -> RecordType.DELAY;
            case Holder.AtQueue _ -> RecordType.HOLD;
        };
    }

    // ---- out ----

    /** Recovery is over: what became due meanwhile is routed when the lane comes to it. */
    void begin() {
        begun = true;
        endedTwice -= timetable.recovered();
        if (endedTwice > 0) {
            LOG.warn("the log says of {} delayed messages more than once that their wait is over", endedTwice);
        }
        sweep();
        lane.execute(this::run);
    }

    /** Nothing is routed any more. */
    void stop() {
        stopped = true;
    }

    /** Lets go of its memory. */
    void close() {
        head.release();
    }

    /** Routes what is due, in more than one turn if it is much. */
    void run() {
        if (!routing && !stopped) {
            routing = true;
            turn.start(budget -> {
                routing = !routeDue(budget);
                return !routing;
            });
        }
    }

    /** Routes what is due for as long as the budget lasts; whether nothing is left, or it goes on at a later time. */
    private boolean routeDue(TurnBudget budget) {
        long nowMillis = clockMillis.getAsLong();
        while (!stopped && !budget.isSpent()) {
            if (congested()) {
                wakeUp.at(nowMillis + RELIEF_MILLIS);
                return true;
            }
            if (isDue(nowMillis, budget)) {
                route(first);
            } else if (timetable.approach(nowMillis, budget) && !isDue(nowMillis, budget)) {
                wakeUp.at(timetable.nextMillis());
                return true;
            }
        }
        return stopped;
    }

    /** Of what a queue is too full for only the first is tried, and the others join the line behind it. */
    private boolean isDue(long nowMillis, TurnBudget budget) {
        boolean due = timetable.peekInLine(nowMillis, first);
        while (!due && timetable.peek(first) && first.dueMillis <= nowMillis) {
            budget.spend(1);
            due = !timetable.isInLine(first);
        }
        return due;
    }

    /** Whether what is due must not be written to more places now. */
    private boolean congested() {
        return haveToWait.getAsBoolean();
    }

    /** Keeps a message that is to be routed at an exchange when there is room again; it has not waited for its time. */
    void park(String vhost, String exchange, Publication message, @Nullable History history) {
        var _ = hold(
                new Holder.AtExchange(vhost, exchange),
                List.of(),
                message,
                history,
                DelayRecord.AT_ONCE,
                message.persistent());
    }

    /** Routes a message, due or not; false if it cannot be read, and is set aside. */
    boolean route(DueEntry entry) {
        long sequence = entry.sequence;
        boolean durable = entry.durable;
        DelayRecord record = readOrSetAside(entry);
        if (record == null) {
            return false;
        }
        long dueMillis = record.dueMillis();
        turn.budget()
                .spend(TurnBudget.PUBLISH
                        + TurnBudget.ofBytes(view.length())
                        + TurnBudget.ofHistory(record.message().historyLength()));
        if (record.holder() instanceof Holder.AtQueue at) {
            long tryAgainMillis = publisher.tryAgainMillis(at, record.message().bodyLength());
            if (tryAgainMillis > 0) {
                timetable.keepInLine(entry, tryAgainMillis);
                wakeUp.at(tryAgainMillis);
                return true;
            }
        }
        Publication message = due(record);
        try {
            if (durable) {
                message.replaces(sequence, dueMillis);
            }
            timetable.remove(entry);
            if (record.places().isEmpty()) {
                publisher.publish(record.holder(), message, record.message().history());
            } else {
                send(record.holder(), record.places(), message, record.message().history(), durable);
            }
            if (message.replacedSequence() > 0) {
                end(sequence, dueMillis);
            }
            log.release(sequence);
            return true;
        } finally {
            release(message);
        }
    }

    /** Writes a message for the first of its places; what is left waits for another turn, behind what was due before. */
    private void send(
            Holder holder, List<Place> places, Publication message, @Nullable History history, boolean durable) {
        int done = 0;
        if (places.size() > PLACES_MAX) {
            done = places.size() / 2;
            var _ = hold(holder, places.subList(0, done), message, history, clockMillis.getAsLong(), durable);
        } else {
            done = publisher.send(holder.vhost(), places, message, history);
        }
        if (done < places.size()) {
            var _ = replace(
                    holder, places.subList(done, places.size()), message, history, clockMillis.getAsLong(), durable);
        }
    }

    /** A message whose time has come, with bytes of its own that the caller releases. */
    private Publication due(DelayRecord record) {
        Publication message = publication(record);
        if (record.dueMillis() == DelayRecord.AT_ONCE || !record.places().isEmpty()) {
            undelay(message);
        } else {
            message.owed();
            if (record.holder() instanceof Holder.AtExchange) {
                message.delayed();
            }
        }
        return message;
    }

    /**
     * Routes a message of an error list as if its time had come.
     *
     * @throws DamagedRecordException if it cannot be read; nothing has happened then
     */
    void giveBack(Holder place, long sequence) {
        DelayRecord record = readSetAside(place, sequence);
        Publication message = due(record);
        try {
            if (record.places().isEmpty()) {
                publisher.publish(place, message, record.message().history());
            } else {
                var _ = spread(
                        place.vhost(),
                        record.places(),
                        message,
                        record.message().history());
            }
        } finally {
            release(message);
        }
    }

    /** It waited for its time, or was in a queue. */
    private DelayRecord readSetAside(Holder place, long sequence) {
        log.read(sequence, view);
        if (view.type() != RecordType.PUBLISH) {
            return read(sequence);
        }
        StoredMessage stored = new StoredMessage();
        stored.wrapWhole(view);
        DelayRecord record = new DelayRecord(IN_QUEUE, place, List.of(), List.of(), stored);
        formatOf(record);
        return record;
    }

    /** A dead letter that was on its way has not waited at an exchange for its time, and still may. */
    private static void undelay(Publication message) {
        if (!message.wasDelayed()) {
            message.delays(
                    0,
                    DelayHeaders.millis(message.format().header(message.header(), DelayHeaders.AT_DELAYING_EXCHANGE)));
        }
    }

    /** The stored form of a message that waits, valid until the log is used again; null if it had to be set aside. */
    @Nullable DelayRecord readOrSetAside(DueEntry entry) {
        try {
            return read(entry.sequence);
        } catch (DamagedRecordException e) {
            setAside(entry.copy(), e);
            return null;
        }
    }

    private DelayRecord read(long sequence) {
        log.read(sequence, view);
        DelayRecord record;
        try {
            record = decode(view);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new DamagedRecordException("record " + sequence + " is no message that waits: " + e, e);
        }
        formatOf(record);
        return record;
    }

    private MessageFormat formatOf(DelayRecord record) {
        MessageFormat format = formats.get(record.message().formatId());
        if (format == null) {
            throw new DamagedRecordException(
                    "its header has format " + record.message().formatId() + ", which no protocol here understands");
        }
        return format;
    }

    private void setAside(DueEntry entry, DamagedRecordException why) {
        boolean kept = damage.waiting(timetable.holder(entry.holder), entry, why);
        timetable.remove(entry);
        if (entry.durable && !kept) {
            end(entry.sequence, entry.dueMillis);
        }
        log.release(entry.sequence);
    }

    private static DelayRecord decode(RecordView record) {
        return switch (record.type()) {
            case RecordType.HOLD -> DelayRecord.decodeAtQueue(record);
            case RecordType.SPREAD -> DelayRecord.decodeForPlaces(record);
            default -> DelayRecord.decodeAtExchange(record);
        };
    }

    /** The message as it was published, with bytes of its own that the caller releases. */
    private Publication publication(DelayRecord record) {
        StoredMessage stored = record.message();
        ByteBuf buffer = stored.buffer();
        Publication message = new Publication(formatOf(record));
        message.address(
                ShortText.of(buffer, stored.exchangeOffset(), stored.exchangeLength()),
                ShortText.of(buffer, stored.routingKeyOffset(), stored.routingKeyLength()),
                record.extraRoutingKeys(),
                stored.secretRoutingKeys());
        message.content(
                buffer.retainedSlice(stored.headerOffset(), stored.headerLength()),
                buffer.retainedSlice(stored.bodyOffset(), stored.bodyLength()));
        message.terms(stored.persistent(), stored.priority(), stored.expirationMillis());
        if (stored.wasDelayed()) {
            message.delayed();
        }
        return message;
    }

    private static void release(Publication message) {
        message.header().release();
        message.body().release();
    }

    /** Drops a message. */
    void cancel(DueEntry entry) {
        timetable.remove(entry);
        if (entry.durable) {
            end(entry.sequence, entry.dueMillis);
        }
        log.release(entry.sequence);
    }

    /**
     * Has a message wait for another time; returns the sequence of the record that takes its place, 0 if it cannot be
     * read, and is set aside.
     */
    long postpone(DueEntry entry, long dueMillis) {
        long newDueMillis = Math.clamp(dueMillis, DelayRecord.AT_ONCE + 1, Timetable.DUE_MILLIS_MAX);
        DelayRecord record = readOrSetAside(entry);
        if (record == null) {
            return 0;
        }
        Publication message = publication(record);
        try {
            if (entry.durable) {
                message.replaces(entry.sequence, entry.dueMillis);
            }
            timetable.remove(entry);
            long sequence = keep(
                    record.holder(), record.places(), message, record.message().history(), newDueMillis, entry.durable);
            log.release(entry.sequence);
            return sequence;
        } finally {
            release(message);
        }
    }

    /** Writes that a durable message waits no more, and that no record has taken its place. */
    private void end(long sequence, long dueMillis) {
        head.clear();
        Varint.write(head, sequence);
        Varint.write(head, dueMillis);
        log.append(RecordType.DELAY_END, head, Unpooled.EMPTY_BUFFER, 0);
        turn.writeLater();
    }

    /**
     * Drops those of the messages that a queue holds which {@code wanted} picks; returns how many. Reads all of them, and
     * sets aside those that it cannot read.
     */
    int cancelAll(Holder.AtQueue holder, Predicate<StoredMessage> wanted) {
        List<DueEntry> picked = new ArrayList<>();
        Map<DueEntry, DamagedRecordException> damaged = new HashMap<>();
        timetable.forEach(holder, entry -> {
            try {
                if (wanted.test(read(entry.sequence).message())) {
                    picked.add(entry.copy());
                }
            } catch (DamagedRecordException e) {
                damaged.put(entry.copy(), e);
            }
        });
        damaged.forEach(this::setAside);
        picked.forEach(this::cancel);
        return picked.size();
    }

    /** Drops everything that a queue holds, and writes that; returns how many there were. */
    long purge(Holder.AtQueue holder) {
        long count = timetable.count(holder);
        if (count > 0) {
            head.clear();
            ValueCodec.writeText(head, holder.vhost());
            Varint.write(head, holder.queue());
            drop(holder);
            log.append(RecordType.HOLD_PURGE, head, Unpooled.EMPTY_BUFFER, 0);
            turn.writeLater();
        }
        return count;
    }

    /** An exchange, a queue or a virtual host is to be deleted: what it holds is gone. The same at run time and in recovery. */
    void forget(TopologyCommand change) {
        switch (change) {
            case TopologyCommand.ExchangeDeleted deleted ->
                drop(new Holder.AtExchange(deleted.vhost(), deleted.name()));
            case TopologyCommand.QueueDeleted deleted -> drop(new Holder.AtQueue(deleted.vhost(), deleted.number()));
            case TopologyCommand.VhostDeleted deleted ->
                timetable.holdersIn(deleted.vhost()).forEach(this::drop);
            case TopologyCommand.VhostCreated _,
                    TopologyCommand.ExchangeDeclared _,
                    TopologyCommand.Bound _,
                    TopologyCommand.Unbound _,
                    TopologyCommand.QueueDeclared _ -> {}
        }
    }

    private void drop(Holder holder) {
        timetable.drop(holder);
        if (begun) {
            sweep();
        }
    }

    /** Forgets what was dropped, in more than one turn if there is much to look through. */
    private void sweep() {
        if (!sweeping && !timetable.isSwept()) {
            sweeping = true;
            turn.start(budget -> {
                boolean over = timetable.sweep(budget);
                sweeping = !over;
                return over;
            });
        }
    }

    private void release(long sequence) {
        log.release(sequence);
    }

    /** The clock was set that tells when a task may run: what these queues hold is due by so much later. */
    void moveHeldBy(Predicate<Holder.AtQueue> queues, long byMillis) {
        if (byMillis != 0) {
            timetable.moveHeldBy(queues, byMillis);
        }
    }

    // ---- recovery and checkpoints ----

    void replay(RecordView record) {
        DelayRecord delay = decode(record);
        replaced(delay.message());
        timetable.add(delay.dueMillis(), record.sequence(), delay.holder(), true);
        log.retain(record.sequence(), 1);
    }

    /** Applies, in recovery, that a message has taken the place of a delayed one. */
    void replaced(StoredMessage message) {
        if (message.replacedSequence() > 0) {
            ended(message.replacedSequence(), message.replacedDueMillis());
        }
    }

    void replayEnd(ByteBuf in) {
        ended(Varint.read(in), Varint.read(in));
    }

    /** Earlier versions wrote of some dead letters twice that their wait was over. */
    private void ended(long sequence, long dueMillis) {
        if (timetable.remove(dueMillis, sequence)) {
            log.release(sequence);
        } else {
            endedTwice++;
        }
    }

    void replayPurge(ByteBuf in) {
        drop(new Holder.AtQueue(ValueCodec.readText(in), Varint.read(in)));
    }

    void encode(ByteBuf out) {
        timetable.encode(out);
    }

    void decode(ByteBuf in) {
        timetable.decode(in, entry -> log.retain(entry.sequence, 1));
    }

    /** Reads what {@link #encode} wrote when only exchanges held messages. */
    void decodeWithoutQueues(ByteBuf in) {
        timetable.decodeWithoutQueues(in, entry -> log.retain(entry.sequence, 1));
    }
}
