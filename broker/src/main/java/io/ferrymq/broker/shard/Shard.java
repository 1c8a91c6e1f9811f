package io.ferrymq.broker.shard;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.Chore;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.access.AccessCommand;
import io.ferrymq.broker.access.AccessState;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.MessageFormats;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.queue.QueueContext;
import io.ferrymq.broker.routing.Destinations;
import io.ferrymq.broker.routing.Exchange;
import io.ferrymq.broker.routing.Router;
import io.ferrymq.broker.timer.Holder;
import io.ferrymq.broker.timer.Place;
import io.ferrymq.broker.topology.Overflow;
import io.ferrymq.broker.topology.Topology;
import io.ferrymq.broker.topology.TopologyCommand;
import io.ferrymq.broker.topology.TopologyLimits;
import io.ferrymq.broker.topology.TopologyRequests;
import io.ferrymq.broker.topology.VirtualHost;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.DamagedRecordException;
import io.ferrymq.log.RecordView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of one shard and the only writer of it.
 *
 * <p>Thread contract: the lane only.
 *
 * <p>A request becomes commands; a command is applied to the state at once and appended to the log; what it did is shown
 * to clients (answers, confirms, deliveries) only when it is durable. After a crash the same commands are applied again.
 */
final class Shard implements QueueContext {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    private final Lane lane;
    private final Faults faults;
    private final BrokerOptions options;
    private final Timeline timeline;
    private final Supplier<String> tokens;
    private final DoubleSupplier chance;
    private final CommandLog log;
    private final Topology topology;
    private final AccessState access;
    private final TopologyRequests requests;
    private final Turn turn;
    private final Gates gates = new Gates();
    private final Deadlines deadlines;
    private final Publishing publishing;
    private final DeadLetters deadLetters;
    private final Spreading spreading;
    private final FullQueues fullQueues;
    private final Delays delays;
    private final CeleryTasks celery;
    private final Budget budget;
    private final Damage damage;
    private final MessageFormats formats;
    private final Router router = new Router();
    private final RecordView record = new RecordView();
    private final StoredMessage stored = new StoredMessage();
    private final ByteBuf command = Unpooled.directBuffer(1024);
    /** The newest record whose effects an answer may show, and so must wait for. */
    private long answerable;

    private long accessVersion;
    private boolean answering;
    private boolean sweeping;
    private boolean closed;

    Shard(
            Lane lane,
            BrokerOptions options,
            Timeline timeline,
            Supplier<String> tokens,
            DoubleSupplier chance,
            LongSupplier outsideBytes,
            LongSupplier connectionBytes,
            MessageFormats formats,
            CommandLog log,
            Topology topology,
            AccessState access) {
        this.lane = lane;
        this.faults = new Faults(lane);
        this.options = options;
        this.timeline = timeline;
        this.tokens = tokens;
        this.chance = chance;
        this.log = log;
        this.topology = topology;
        this.access = access;
        this.requests = new TopologyRequests(topology, limits(options));
        this.turn = new Turn(lane, log, options.settleDelayMillis(), options.pendingBytesMax());
        this.deadlines = new Deadlines(lane, timeline::millis, turn.budget(), turn::ask);
        this.fullQueues = new FullQueues(timeline::millis);
        this.publishing = new Publishing(log, timeline, this::holdAt, fullQueues);
        this.deadLetters = new DeadLetters(this::wallMillis, formats, this::publishDead);
        this.formats = formats;
        this.damage = new Damage(lane, this::wallMillis, log, turn);
        this.delays = new Delays(lane, timeline::millis, log, formats, this::mayCopyNothing, turn, damage, new Due());
        this.spreading = new Spreading(topology, delays, new Forwarding(this::forward), this::forward, turn);
        this.celery = new CeleryTasks(
                timeline,
                log,
                formats,
                options.revokedTasksMax(),
                options.revokedTasksMillis(),
                turn,
                this::publishResult);
        this.budget = new Budget(
                options,
                topology::memoryBytes,
                this::otherBytes,
                log::memoryBytes,
                new Budget.Wire(connectionBytes, outsideBytes));
    }

    private static TopologyLimits limits(BrokerOptions options) {
        TopologyLimits most = TopologyLimits.DEFAULT;
        return new TopologyLimits(
                most.vhostsMax(), most.exchangesPerVhostMax(), options.queuesMax(), most.bindingsPerVhostMax());
    }

    private long otherBytes() {
        return delays.timetable().memoryBytes()
                + celery.memoryBytes()
                + damage.setAside().memoryBytes()
                + topology.routeCacheBytes();
    }

    Budget budget() {
        return budget;
    }

    Topology topology() {
        return topology;
    }

    TopologyRequests requests() {
        return requests;
    }

    AccessState access() {
        return access;
    }

    /** Grows whenever somebody's permissions change. */
    long accessVersion() {
        return accessVersion;
    }

    /** A new name for something that has none. */
    String token() {
        return tokens.get();
    }

    Lane lane() {
        return lane;
    }

    /** The border that whoever asks something from outside comes through. */
    Faults faults() {
        return faults;
    }

    BrokerOptions options() {
        return options;
    }

    CommandLog log() {
        return log;
    }

    Turn turn() {
        return turn;
    }

    Delays delays() {
        return delays;
    }

    CeleryTasks celery() {
        return celery;
    }

    Damage damage() {
        return damage;
    }

    /** Fails if the caller is not on the lane. */
    void requireLane() {
        if (!lane.isCurrent()) {
            throw new IllegalStateException("not on the shard's lane: " + Thread.currentThread());
        }
    }

    /** Nothing happens by itself any more; what is asked for is done still. */
    void stop() {
        delays.stop();
        deadlines.stop();
    }

    /** Lets go of its buffers. Nothing may be asked of it afterwards. */
    void close() {
        closed = true;
        turn.close();
        publishing.close();
        delays.close();
        celery.close();
        damage.close();
        command.release();
    }

    // ---- commands ----

    /** Applies changes of what exists, and writes those that survive a restart. */
    void apply(List<TopologyCommand> commands) {
        for (TopologyCommand change : commands) {
            turn.budget().spend(TurnBudget.REMOVAL);
            boolean durable = topology.isDurable(change);
            apply(change);
            if (durable) {
                command.clear();
                change.encode(command);
                append(RecordType.TOPOLOGY);
            }
        }
        sweep();
    }

    /** Forgets what is left of what has gone, and deletes the exchanges that this was the last use of. */
    void sweep() {
        if (!sweeping && !topology.isSwept()) {
            sweeping = true;
            turn.start(this::sweepOn);
        }
    }

    private boolean sweepOn(TurnBudget budget) {
        while (!topology.isSwept()) {
            if (budget.isSpent()) {
                return false;
            }
            if (topology.sweep(budget)) {
                topology.nextUnused().ifPresent(unused -> apply(List.of(unused)));
            }
        }
        sweeping = false;
        return true;
    }

    /** Applies a change that the log says. What follows from it is in the log, too, or is done when recovery is over. */
    void replay(TopologyCommand change) {
        apply(change);
        var _ = topology.sweep(new TurnBudget(Long.MAX_VALUE));
    }

    /** Applies one change. The same at run time and in recovery. */
    void apply(TopologyCommand change) {
        delays.forget(change);
        damage.setAside().forget(change);
        if (change instanceof TopologyCommand.VhostDeleted deleted) {
            celery.forgetVhost(deleted.vhost());
        }
        topology.apply(change);
    }

    /** Applies a change of who may, and writes it. */
    void apply(AccessCommand change) {
        access.apply(change);
        accessVersion++;
        command.clear();
        change.encode(command);
        append(RecordType.ACCESS);
    }

    /** How many messages {@link #purge} would find. */
    long purgeable(Queue queue) {
        return queue.readyCount() + queue.restingCount() + heldCount(queue);
    }

    /**
     * Forgets a queue's messages that are not at consumers, those that it holds for later among them, and writes that. An
     * answer that is asked for afterwards waits for that, so that nothing comes back which was there before.
     */
    Chore purge(Queue queue) {
        var _ = delays.purge(holder(queue));
        Chore purge = queue.purge();
        return budget -> {
            boolean over = purge.go(budget);
            answerable = over ? writeSettlements() : answerable;
            return over;
        };
    }

    /** Messages that a queue holds and has not to hand out yet. */
    long heldCount(Queue queue) {
        return delays.timetable().count(holder(queue));
    }

    /** Forgets the tasks of that id which wait in a queue or are held for it; returns how many. Reads all messages there. */
    int deleteTask(Queue queue, String id) {
        int deleted = queue.forgetReady(sequence -> id.equals(celery.idOf(read(sequence))));
        deleted += delays.cancelAll(holder(queue), message -> id.equals(celery.idOf(message)));
        answerable = writeSettlements();
        return deleted;
    }

    private static Holder.AtQueue holder(Queue queue) {
        return new Holder.AtQueue(queue.vhost(), queue.number());
    }

    /** The next records stand in the log together, without what was settled before. */
    void together(int bytes) {
        turn.writeSettles();
        log.together(bytes);
    }

    /** Writes everything settled so far; returns the sequence from which on it is durable. */
    long writeSettlements() {
        turn.writeSettles();
        turn.flushLater();
        return log.appendedSequence();
    }

    /** An answer waits for all that was appended so far. */
    void awaitAllWritten() {
        answerable = log.appendedSequence();
        turn.flushLater();
    }

    private void append(byte type) {
        answerable = log.append(type, command, Unpooled.EMPTY_BUFFER, 0);
        turn.flushLater();
    }

    /**
     * Runs {@code answer} when all commands so far are durable, and the log up to {@code sequence}: now, if they are. A
     * client has one answer outstanding at most, so this keeps its answers in order.
     */
    void afterDurable(long sequence, Runnable answer) {
        long needed = Math.max(sequence, answerable);
        if (needed <= log.durableSequence()) {
            answer.run();
        } else {
            gates.add(needed, answer);
            turn.flushLater();
        }
    }

    void awaitDurable(ShardLink link) {
        gates.add(link);
        turn.flushLater();
    }

    /** The log is durable up to {@code sequence}. */
    void durable(long sequence) {
        answer();
        turn.durable();
    }

    /** Gives the answers and confirms that are due, in more than one turn if they are many. */
    private void answer() {
        if (closed) {
            return;
        }
        boolean moreAnswers = gates.answer(log.durableSequence());
        boolean moreLinks = gates.confirm(log.durableSequence());
        if ((moreAnswers || moreLinks) && !answering) {
            answering = true;
            lane.nextTurn(() -> {
                answering = false;
                answer();
            });
        }
    }

    // ---- messages ----

    /** Routes a message and stores it where it goes. */
    void publish(VirtualHost vhost, Exchange exchange, Publication message) {
        publish(vhost, exchange, message, null);
    }

    private void publish(VirtualHost vhost, Exchange exchange, Publication message, @Nullable History history) {
        // In a virtual host that is gone nobody takes it, now or later.
        if (message.delayMillis() > 0 && !vhost.isGone()) {
            message.decided(
                    Publication.Outcome.ACCEPTED,
                    spreading.holdAt(
                            vhost, exchange.name(), message, history, delays.dueMillis(message.delayMillis())));
            return;
        }
        Destinations destinations = router.route(vhost.routing(), exchange, message);
        boolean held = !destinations.holding().isEmpty();
        long heldAt = held
                ? spreading.holdAt(
                        vhost,
                        destinations.holding(),
                        message,
                        history,
                        delays.dueMillis(message.exchangeDelayMillis()))
                : 0;
        publishing.store(message, destinations, history);
        turn.budget()
                .spend(TurnBudget.ROUTING
                        + TurnBudget.ofSteps(destinations.steps())
                        + (long) TurnBudget.COPY * destinations.size());
        if (message.durableAt() > 0) {
            turn.flushLater();
        }
        if (held) {
            message.held(heldAt);
        }
        if (celery.hasQueues()) {
            celery.published(vhost.name(), exchange.name(), message);
        }
        spreading.deadLetter(publishing.takeRefusing(), message, history);
    }

    private long holdAt(List<Publishing.Held> queues, Publication message, @Nullable History history) {
        return spreading.holdAt(queues, message, history);
    }

    /** A queue has refused a message and wants it to be a dead letter. */
    private void forward(Queue queue, Publication message, @Nullable History history) {
        deadLetters.sendUnstored(queue, message, history, Death.Reason.MAXLEN);
    }

    /** What becomes of messages that wait, when they are due. */
    private final class Due implements Delays.Publisher {
        @Override
        public void publish(Holder holder, Publication message, @Nullable History history) {
            publishDelayed(holder, message, history);
        }

        @Override
        public int send(String vhost, List<Place> places, Publication message, @Nullable History history) {
            return spreading.send(vhost, places, message, history);
        }

        @Override
        public long tryAgainMillis(Holder.AtQueue holder, int bodyBytes) {
            Queue queue = requireQueue(holder);
            return isTooFull(queue, bodyBytes) && !deadLettersWhenFull(queue) ? fullQueues.tryAgainMillis(queue) : 0;
        }
    }

    private void publishDelayed(Holder holder, Publication message, @Nullable History history) {
        switch (holder) {
            case Holder.AtExchange at -> {
                // An exchange that ended with the process may have held a dead letter on its way: as if it came now.
                topology.vhost(at.vhost())
                        .ifPresent(vhost -> vhost.routing()
                                .exchange(at.exchange())
                                .ifPresent(exchange -> publish(vhost, exchange, message, history)));
            }
            case Holder.AtQueue at -> give(requireQueue(at), message, history);
        }
    }

    private Queue requireQueue(Holder.AtQueue at) {
        return (Queue) topology.queue(at.queue())
                .orElseThrow(() -> new IllegalStateException("no queue holds what waits there: " + at));
    }

    /** A task was asked about when it came, and is not refused when it may run at last. */
    private static boolean isTooFull(Queue queue, int bodyBytes) {
        return !queue.terms().celery() && queue.refuses(bodyBytes);
    }

    private static boolean deadLettersWhenFull(Queue queue) {
        return queue.terms().overflow() == Overflow.REJECT_PUBLISH_DLX
                && queue.terms().deadLetterExchange() != null;
    }

    /** A message that was held for a queue is due. */
    private void give(Queue queue, Publication message, @Nullable History history) {
        if (celery.isOver(queue.vhost(), message)) {
            celery.ended(queue, message.format(), message.header(), message.persistent());
            deadLetters.sendUnstored(queue, message, history, Death.Reason.EXPIRED);
            return;
        }
        if (isTooFull(queue, message.body().readableBytes())) {
            giveLater(queue, message, history);
            return;
        }
        fullQueues.tookOne(queue);
        publishing.storeIn(queue, message, history);
        if (message.durableAt() > 0) {
            turn.flushLater();
        }
    }

    /** A queue is too full for what was held for it, or is given back to it. */
    private void giveLater(Queue queue, Publication message, @Nullable History history) {
        if (deadLettersWhenFull(queue)) {
            deadLetters.sendUnstored(queue, message, history, Death.Reason.MAXLEN);
        } else {
            delays.holdAgain(
                    holder(queue),
                    message,
                    history,
                    fullQueues.tryAgainMillis(queue),
                    queue.keeps(message.persistent()));
        }
    }

    private void publishResult(String vhostName, Publication message) {
        VirtualHost vhost = topology.requireVhost(vhostName);
        vhost.routing().exchange("").ifPresent(exchange -> publish(vhost, exchange, message));
    }

    private void publishDead(String vhostName, Publication message, History history) {
        VirtualHost vhost = topology.vhost(vhostName).orElse(null);
        if (vhost == null) {
            return;
        }
        Exchange exchange = vhost.routing().exchange(message.exchange().text()).orElse(null);
        if (exchange == null) {
            return;
        }
        if (budget.hasNoRoomForCopies()) {
            // It may go to very many queues; until there is room for that it takes a few bytes.
            delays.park(vhostName, exchange.name(), message, history);
        } else {
            publish(vhost, exchange, message, history);
        }
    }

    /** Whether nothing that waits may become more: neither what is to be written nor what memory holds. */
    private boolean mayCopyNothing() {
        return turn.isBehind() || budget.hasNoRoomForCopies();
    }

    // ---- what queues need ----

    @Override
    public void held(long bytes) {
        budget.queuesHold(bytes);
    }

    @Override
    public long nowMillis() {
        return timeline.millis();
    }

    private long wallMillis() {
        return timeline.toWall(timeline.millis());
    }

    // ---- time ----

    Timeline timeline() {
        return timeline;
    }

    /** Recovery is over: goes on from the time at which the earlier run ended. */
    void goOn() {
        timesMoved(timeline.goOn());
    }

    /** Notices if the wall clock was set. To be called now and then. */
    void lookAtClock() {
        long moved = timeline.look();
        if (moved != 0) {
            LOG.warn("the clock was set {} by {} ms", moved > 0 ? "back" : "forward", Math.abs(moved));
            timesMoved(moved);
        }
    }

    private void timesMoved(long byMillis) {
        if (byMillis != 0) {
            delays.moveHeldBy(this::holdsTasks, byMillis);
            command.clear();
            timeline.encode(command);
            log.append(RecordType.TIME, command, Unpooled.EMPTY_BUFFER, 0);
            turn.writeLater();
        }
    }

    void replayTime(ByteBuf in) {
        delays.moveHeldBy(this::holdsTasks, timeline.decode(in));
    }

    /** Others hold what is to be tried again after a while. */
    private boolean holdsTasks(Holder.AtQueue holder) {
        return topology.queue(holder.queue())
                .filter(queue -> ((Queue) queue).terms().celery())
                .isPresent();
    }

    @Override
    public long durableSequence() {
        return log.durableSequence();
    }

    @Override
    public StoredMessage read(long sequence) {
        log.read(sequence, record);
        stored.wrapWhole(record);
        requireKnownFormat(stored);
        return stored;
    }

    private void requireKnownFormat(StoredMessage message) {
        if (formats.get(message.formatId()) == null) {
            throw new DamagedRecordException(
                    "its header has format " + message.formatId() + ", which no protocol here understands");
        }
    }

    @Override
    public void setAside(
            Queue queue, int level, long sequence, int bodyBytes, boolean durable, DamagedRecordException why) {
        damage.inQueue(queue, level, sequence, bodyBytes, durable, why);
    }

    @Override
    public void release(long sequence) {
        log.release(sequence);
    }

    @Override
    public void settlesPending(Queue queue) {
        turn.settlesPending(queue);
    }

    @Override
    public void writeSettles() {
        turn.writeSettles();
    }

    @Override
    public void pumpLater(Queue queue) {
        turn.pumpLater(queue);
    }

    @Override
    public TurnBudget turnBudget() {
        return turn.budget();
    }

    @Override
    public void pumpFromDisk(Queue queue, long sequence) {
        turn.pumpFromDisk(queue, sequence);
    }

    @Override
    public boolean isAtHand(long sequence) {
        return log.isAtHand(sequence);
    }

    @Override
    public long bytesRead() {
        return log.bytesRead();
    }

    @Override
    public void start(Chore chore) {
        turn.start(chore);
    }

    @Override
    public boolean mayDeadLetter() {
        return !turn.lags();
    }

    @Override
    public boolean isStuck() {
        return turn.isStuck();
    }

    @Override
    public void pumpWhenWritten(Queue queue) {
        turn.pumpWhenWritten(queue);
    }

    @Override
    public void pumpWhenDurable(Queue queue) {
        turn.pumpWhenDurable(queue);
    }

    @Override
    public void wakeAt(Queue queue, long beforeMillis, long atMillis) {
        deadlines.move(queue, beforeMillis, atMillis);
    }

    @Override
    public boolean isRevoked(Queue queue, long sequence) {
        if (!celery.hasRevoked(queue.vhost())) {
            return false;
        }
        try {
            return celery.isRevoked(queue.vhost(), read(sequence));
        } catch (DamagedRecordException e) {
            // Whoever is to get it will meet the damage; until then it is in nobody's way.
            return false;
        }
    }

    @Override
    public void deadLetter(Queue queue, long sequence, Death.Reason reason) {
        if (queue.terms().celery() && reason == Death.Reason.EXPIRED) {
            celery.ended(queue, read(sequence));
        }
        if (queue.terms().deadLetterExchange() != null) {
            StoredMessage message = read(sequence);
            turn.budget()
                    .spend(TurnBudget.PUBLISH
                            + TurnBudget.ofBytes(record.length())
                            + TurnBudget.ofHistory(message.historyLength()));
            deadLetters.send(queue, message, reason);
            if (turn.lags()) {
                turn.budget().exhaust();
            }
        }
    }

    @Override
    public void failureCounted(Queue queue, int level, long sequence, int failures, long restsUntilMillis) {
        command.clear();
        Varint.write(command, queue.number());
        Varint.write(command, sequence);
        Varint.write(command, failures);
        if (restsUntilMillis != NO_REST) {
            Varint.write(command, restsUntilMillis);
        }
        log.append(RecordType.FAILURE, command, Unpooled.EMPTY_BUFFER, 0);
        turn.writeLater();
    }

    @Override
    public double chance() {
        return chance.getAsDouble();
    }

    @Override
    public void deleteSelf(Queue queue) {
        VirtualHost vhost = topology.requireVhost(queue.vhost());
        apply(requests.deleteQueue(vhost, queue.name(), queue.owner()));
    }
}
