package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.FrameReader;
import io.ferrymq.amqp091.codec.Method;
import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.wire.ClientLog;
import io.ferrymq.wire.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The channels of a running connection: finds the one that a frame is for, opens and closes them, and carries out what
 * an error of theirs demands.
 *
 * <p>Thread contract: the connection's lane.
 */
final class Channels implements ChannelEvents {
    /** What a channel takes on the heap before anything happens in it; an estimate. */
    private static final int CHANNEL_BYTES = 1_500;

    /** So many publishes of a connection may wait for their confirms. It goes on when half of them are answered. */
    private static final int UNCONFIRMED_MAX = 500_000;

    private static final ClientLog LOG = new ClientLog(LoggerFactory.getLogger(Channels.class));

    private final Connection connection;
    private final Peer peer;
    private final boolean cancelsCanBeTold;
    private final IntObjectHashMap<Channel> byNumber = new IntObjectHashMap<>();
    private final List<Channel> confirming = new ArrayList<>();
    private final UnfinishedBytes unfinished;
    private final DeliveryWriter writer;
    private final Answers answers;
    private final Alarms alarms;
    private final Publisher publisher;
    private final MethodHandler methods;
    private final SettleWatch watch;
    private @Nullable Channel latest;
    private long unconfirmed;
    private boolean starved;
    private boolean ended;

    /** {@code consumerTags} makes tags for consumers that were not given one. */
    Channels(Connection connection, Peer peer, UnfinishedBytes unfinished, Supplier<String> consumerTags) {
        this.connection = connection;
        this.peer = peer;
        this.cancelsCanBeTold = peer.client().isCapableOf("consumer_cancel_notify");
        this.unfinished = unfinished;
        this.writer = new DeliveryWriter(peer.out(), peer.frameMaxBytes(), peer.link()::spend);
        this.answers = new Answers(peer);
        this.alarms = new Alarms(peer);
        this.publisher = new Publisher(peer, writer, alarms);
        this.methods = new MethodHandler(peer, writer, answers, publisher, unfinished, consumerTags);
        this.watch = new SettleWatch(connection, this::endOverdue);
    }

    Alarms alarms() {
        return alarms;
    }

    /** Whether the frame that the reader shows must not be taken yet. */
    boolean hasToWait(FrameReader frame, ByteBuf in) {
        return frame.type() == Frame.METHOD
                && alarms.holdsBack(Method.peekId(in, frame.payloadOffset(), frame.payloadLength()));
    }

    /** Takes the frame that the reader shows. */
    void take(FrameReader frame, ByteBuf in) {
        int number = frame.channel();
        Channel channel = find(number);
        if (channel == null) {
            open(number, frame, in);
        } else if (channel.isClosing()) {
            discard(channel, frame, in);
        } else {
            take(channel, frame, in);
        }
    }

    private @Nullable Channel find(int number) {
        Channel channel = latest;
        if (channel == null || channel.number() != number) {
            channel = byNumber.get(number);
            latest = channel;
        }
        return channel;
    }

    private void take(Channel channel, FrameReader frame, ByteBuf in) {
        int id = BasicMethod.Publish.ID;
        try {
            switch (frame.type()) {
                case Frame.METHOD -> {
                    id = Method.peekId(in, frame.payloadOffset(), frame.payloadLength());
                    takeMethod(channel, id, frame, in);
                }
                case Frame.HEADER -> publisher.header(channel, in, frame.payloadOffset(), frame.payloadLength());
                default -> publisher.body(channel, in, frame.payloadOffset(), frame.payloadLength());
            }
        } catch (RefusedException e) {
            fail(channel, RefusalFaults.of(e.refusal()), id);
        } catch (FaultException e) {
            fail(channel, e.fault(), id);
        }
    }

    private void takeMethod(Channel channel, int id, FrameReader frame, ByteBuf in) {
        channel.content().requireMethod();
        switch (id) {
            case BasicMethod.Publish.ID -> publisher.begin(channel, in, frame.payloadOffset(), frame.payloadLength());
            case BasicMethod.Ack.ID, BasicMethod.Nack.ID, BasicMethod.Reject.ID ->
                methods.settle(channel, in, frame.payloadOffset(), frame.payloadLength());
            case ChannelMethod.Close.ID -> closedByClient(channel);
            default -> methods.handle(channel, Method.decode(in.slice(frame.payloadOffset(), frame.payloadLength())));
        }
    }

    private void open(int number, FrameReader frame, ByteBuf in) {
        if (frame.type() != Frame.METHOD) {
            throw new FaultException(ReplyCode.UNEXPECTED_FRAME, "expected method frame, got non method frame instead");
        }
        Method method = Method.decode(in.slice(frame.payloadOffset(), frame.payloadLength()));
        if (method instanceof ChannelMethod.CloseOk) {
            return; // The client answers a close that it has crossed with its own.
        }
        if (!(method instanceof ChannelMethod.Open)) {
            throw new FaultException(new Fault(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'"), method.id());
        }
        if (byNumber.size() >= peer.channelMax()) {
            throw new FaultException(new Fault(ReplyCode.NOT_ALLOWED, tooMany()), method.id());
        }
        requireRoom(method.id());
        Channel channel = new Channel(number, peer, new ContentAssembly(unfinished), this);
        byNumber.put(number, channel);
        peer.link().hold(CHANNEL_BYTES);
        answers.now(channel, new ChannelMethod.OpenOk());
    }

    private void requireRoom(int methodId) {
        try {
            peer.link().requireRoom(CHANNEL_BYTES);
        } catch (RefusedException e) {
            String why = RefusalFaults.of(e.refusal()).explanation();
            throw new FaultException(new Fault(ReplyCode.RESOURCE_ERROR, why), methodId);
        }
    }

    private String tooMany() {
        return "number of channels opened (" + byNumber.size() + ") has reached the negotiated channel_max ("
                + peer.channelMax() + ")";
    }

    /** After our {@code channel.close} only the client's closing methods count (clause 1.5.2.5). */
    private void discard(Channel channel, FrameReader frame, ByteBuf in) {
        if (frame.type() == Frame.METHOD) {
            int id = Method.peekId(in, frame.payloadOffset(), frame.payloadLength());
            if (id == ChannelMethod.CloseOk.ID) {
                forget(channel);
            } else if (id == ChannelMethod.Close.ID) {
                answers.now(channel, new ChannelMethod.CloseOk());
            }
        }
    }

    private void closedByClient(Channel channel) {
        answerConfirms(channel);
        forget(channel);
        channel.release(() -> answers.whenDurable(channel, new ChannelMethod.CloseOk()));
    }

    private void forget(Channel channel) {
        if (byNumber.remove(channel.number()) != null) {
            peer.link().hold(-CHANNEL_BYTES);
        }
        confirming.remove(channel);
        latest = null;
    }

    /** Charges work for this connection to the turn. */
    void spend(long units) {
        peer.link().spend(units);
    }

    /** Units that the broker has spent on this and all other connections. */
    long spentUnits() {
        return peer.link().spentUnits();
    }

    /** Ends the channel, or by a hard error the connection, with a fault of the method {@code methodId}. */
    private void fail(Channel channel, Fault fault, int methodId) {
        if (fault.endsConnection()) {
            throw new FaultException(fault, methodId);
        }
        LOG.info(
                connection.lane(),
                "{}: closing channel {}: {}",
                connection.remoteAddress(),
                channel.number(),
                fault.text());
        answerConfirms(channel);
        confirming.remove(channel);
        channel.release(() -> {});
        answers.now(
                channel,
                new ChannelMethod.Close(fault.code().code(), fault.text(), methodId >>> 16, methodId & 0xFFFF));
    }

    @Override
    public void failed(Channel channel, Fault fault, int methodId) {
        fail(channel, fault, methodId);
    }

    /** The read buffer will change: what an unfinished message has in it is copied. */
    void endBurst() {
        publisher.endBurst();
    }

    // Confirms.

    @Override
    public void confirming(Channel channel) {
        confirming.add(channel);
        peer.out().requestFlush();
    }

    @Override
    public void unconfirmed(long publishes, long bytes) {
        if (bytes != 0) {
            peer.link().hold(bytes);
        }
        unconfirmed += publishes;
        if (unconfirmed >= UNCONFIRMED_MAX) {
            peer.gate().shut(ReadGate.Reason.CONFIRMS);
        } else if (publishes < 0 && unconfirmed <= UNCONFIRMED_MAX / 2) {
            peer.gate().open(ReadGate.Reason.CONFIRMS);
        }
    }

    /** Answers all publishes that are durable by now, and asks to be told about the others. */
    void confirm() {
        if (confirming.isEmpty()) {
            return;
        }
        long durable = peer.link().durableSequence();
        long awaited = 0;
        for (Channel channel : confirming) {
            awaited = Math.max(awaited, answer(channel, durable));
        }
        confirming.removeIf(
                channel -> channel.confirms() == null || channel.confirms().isEmpty());
        if (awaited > durable) {
            peer.link().awaitDurable(awaited);
        }
    }

    private void answerConfirms(Channel channel) {
        var _ = answer(channel, peer.link().durableSequence());
    }

    /** Answers what is durable; returns the sequence that the rest waits for, 0 if there is none. */
    private long answer(Channel channel, long durable) {
        return channel.answerConfirms(durable, peer.out());
    }

    // Consumers.

    @Override
    public void consumerCancelled(Channel channel, String consumerTag) {
        if (cancelsCanBeTold && !channel.isClosing()) {
            answers.now(channel, new BasicMethod.Cancel(consumerTag, true));
        }
    }

    @Override
    public void settlesWithin(long timeoutMillis) {
        watch.watch(timeoutMillis);
    }

    /** Ends the channels whose deliveries were not settled in time; returns the shortest timeout of the others. */
    private long endOverdue(long nowMillis) {
        long shortestMillis = SettleTimeout.NONE;
        for (Channel channel : byNumber.values().toArray(new Channel[0])) {
            if (!channel.isClosing()) {
                endIfOverdue(channel, nowMillis);
            }
            shortestMillis = Math.min(shortestMillis, channel.consumption().timeoutMillis());
        }
        return shortestMillis;
    }

    private void endIfOverdue(Channel channel, long nowMillis) {
        long overdueMillis = channel.consumption().overdueMillis(nowMillis);
        if (overdueMillis != SettleTimeout.NONE) {
            channel.consumption().tookTooLong();
            fail(channel, Fault.notSettledInTime(channel.number(), overdueMillis), 0);
        }
    }

    @Override
    public void starved() {
        starved = true;
    }

    /** Whether consumers were passed over because the peer does not take what was sent. */
    boolean isStarved() {
        return starved;
    }

    /** The peer takes bytes again. */
    void wakeConsumers() {
        starved = false;
        for (Channel channel : byNumber.values().toArray(new Channel[0])) {
            channel.consumption().wakeStalled();
        }
    }

    @Override
    public void later(Runnable task) {
        connection.lane().nextTurn(connection.guarded(() -> {
            if (!ended) {
                task.run();
            }
        }));
    }

    /** Ends everything, because the connection closes or is gone, and then does {@code done}. */
    void release(Runnable done) {
        answers.end();
        watch.cancel();
        ended = true;
        ArrayDeque<Channel> left = new ArrayDeque<>(byNumber.values());
        left.forEach(Channel::stop);
        byNumber.clear();
        confirming.clear();
        publisher.endBurst();
        peer.link().work(budget -> release(left, budget), () -> {});
        peer.link().close(done);
    }

    private static boolean release(ArrayDeque<Channel> channels, TurnBudget budget) {
        while (!channels.isEmpty()) {
            if (!channels.getFirst().release(budget)) {
                return false;
            }
            channels.removeFirst();
            budget.spend(TurnBudget.GO);
        }
        return true;
    }
}
