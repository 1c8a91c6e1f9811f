package io.ferrymq.broker.shard;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.access.AccessCommand;
import io.ferrymq.broker.access.AccessState;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.MessageFormat;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.queue.QueueContext;
import io.ferrymq.broker.routing.Destinations;
import io.ferrymq.broker.routing.Exchange;
import io.ferrymq.broker.routing.Router;
import io.ferrymq.broker.timer.Holder;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.Topology;
import io.ferrymq.broker.topology.TopologyCommand;
import io.ferrymq.broker.topology.TopologyLimits;
import io.ferrymq.broker.topology.TopologyRequests;
import io.ferrymq.broker.topology.VirtualHost;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.RecordView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of one shard and the only writer of it.
 *
 * <p>Thread contract: the lane only.
 *
 * <p>A request becomes commands; a command is applied to the state at once and appended to the log; what it did is shown
 * to clients (answers, confirms, deliveries) only when it is durable. After a crash the same commands are applied again.
 */
final class Shard implements QueueContext {
    private final Lane lane;
    private final BrokerOptions options;
    private final LongSupplier clockMillis;
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
    private final Delays delays;
    private final Router router = new Router();
    private final RecordView record = new RecordView();
    private final StoredMessage stored = new StoredMessage();
    private final ByteBuf command = Unpooled.directBuffer(1024);
    /** The newest record whose effects an answer may show, and so must wait for. */
    private long answerable;

    private long accessVersion;

    Shard(
            Lane lane,
            BrokerOptions options,
            LongSupplier clockMillis,
            Supplier<String> tokens,
            DoubleSupplier chance,
            Map<Byte, MessageFormat> formats,
            CommandLog log,
            Topology topology,
            AccessState access) {
        this.lane = lane;
        this.options = options;
        this.clockMillis = clockMillis;
        this.tokens = tokens;
        this.chance = chance;
        this.log = log;
        this.topology = topology;
        this.access = access;
        this.requests = new TopologyRequests(topology, limits(options));
        this.turn = new Turn(lane, log, options.settleDelayMillis());
        this.deadlines = new Deadlines(lane, clockMillis, turn::ask);
        this.publishing = new Publishing(log, clockMillis);
        this.deadLetters = new DeadLetters(clockMillis, formats, this::publishDead);
        this.delays =
                new Delays(lane, clockMillis, log, formats, options.pendingBytesMax(), turn, this::publishDelayed);
    }

    private static TopologyLimits limits(BrokerOptions options) {
        TopologyLimits most = TopologyLimits.DEFAULT;
        return new TopologyLimits(
                most.vhostsMax(), most.exchangesPerVhostMax(), options.queuesMax(), most.bindingsPerVhostMax());
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

    /** Fails if the caller is not on the lane. */
    void requireLane() {
        if (!lane.isCurrent()) {
            throw new IllegalStateException("not on the shard's lane: " + Thread.currentThread());
        }
    }

    /** Lets go of its buffers. Nothing may be asked of it afterwards. */
    void close() {
        turn.close();
        publishing.close();
        delays.close();
        command.release();
    }

    // ---- commands ----

    /** Applies changes of what exists, and writes those that survive a restart. */
    void apply(List<TopologyCommand> commands) {
        for (TopologyCommand change : commands) {
            boolean durable = topology.isDurable(change);
            apply(change);
            if (durable) {
                command.clear();
                change.encode(command);
                append(RecordType.TOPOLOGY);
            }
        }
    }

    /** Applies one change. The same at run time and in recovery. */
    void apply(TopologyCommand change) {
        delays.forget(change);
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

    /**
     * Forgets a queue's messages that are not at consumers, and writes that; returns how many there were. An answer waits
     * for that, so that nothing comes back which was there before.
     */
    long purge(Queue queue) {
        long purged = queue.purge();
        answerable = writeSettlements();
        return purged;
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
        gates.open(sequence);
        turn.durable();
    }

    // ---- messages ----

    /** Routes a message and stores it where it goes. */
    void publish(VirtualHost vhost, Exchange exchange, Publication message) {
        publish(vhost, exchange, message, null);
    }

    private void publish(VirtualHost vhost, Exchange exchange, Publication message, @Nullable History history) {
        if (message.delayMillis() > 0) {
            message.decided(
                    Publication.Outcome.ACCEPTED, hold(vhost, exchange, message, history, message.delayMillis()));
            return;
        }
        Destinations destinations = router.route(vhost.routing(), exchange, message);
        long heldAt = 0;
        for (Exchange holding : destinations.holding()) {
            heldAt = Math.max(heldAt, hold(vhost, holding, message, history, message.exchangeDelayMillis()));
        }
        boolean held = !destinations.holding().isEmpty();
        publishing.store(message, destinations, history);
        if (message.durableAt() > 0) {
            turn.flushLater();
        }
        if (held) {
            message.held(heldAt);
        }
        for (Queue queue : publishing.takeRefusing()) {
            deadLetters.sendRefused(queue, message, history);
        }
    }

    /** Keeps a message at an exchange. It outlives the process if both do. */
    private long hold(
            VirtualHost vhost, Exchange exchange, Publication message, @Nullable History history, long delayMillis) {
        boolean durable = message.persistent()
                && vhost.exchange(exchange.name()).filter(ExchangeSpec::durable).isPresent();
        long heldAt = delays.hold(new Holder(vhost.name(), exchange.name()), message, history, delayMillis, durable);
        if (durable) {
            turn.flushLater();
        }
        return heldAt;
    }

    private void publishDelayed(Holder holder, Publication message, @Nullable History history) {
        VirtualHost vhost = topology.requireVhost(holder.vhost());
        Exchange exchange = vhost.routing()
                .exchange(holder.exchange())
                .orElseThrow(() -> new IllegalStateException("no exchange holds what waits there: " + holder));
        publish(vhost, exchange, message, history);
    }

    private void publishDead(String vhostName, Publication message, History history) {
        VirtualHost vhost = topology.vhost(vhostName).orElse(null);
        if (vhost == null) {
            return;
        }
        vhost.routing()
                .exchange(message.exchange().text())
                .ifPresent(exchange -> publish(vhost, exchange, message, history));
    }

    // ---- what queues need ----

    @Override
    public long nowMillis() {
        return clockMillis.getAsLong();
    }

    @Override
    public long durableSequence() {
        return log.durableSequence();
    }

    @Override
    public StoredMessage read(long sequence) {
        log.read(sequence, record);
        stored.wrap(record);
        return stored;
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
    public void pumpLater(Queue queue) {
        turn.pumpLater(queue);
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
    public void deadLetter(Queue queue, long sequence, Death.Reason reason) {
        if (queue.terms().deadLetterExchange() != null) {
            deadLetters.send(queue, read(sequence), reason);
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
