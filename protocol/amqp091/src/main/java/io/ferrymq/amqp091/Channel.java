package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.Publication;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one open channel (clause 1.5 of the reference). Methods that change it come through the handlers of
 * their class.
 *
 * <p>Thread contract: the connection's lane.
 *
 * <pre>
 * from     to       on
 * open     closing  an error of the client; channel.close is sent and everything is released
 * open     gone     channel.close; close-ok is sent and everything is released
 * closing  gone     close-ok
 * </pre>
 *
 * Small while it is idle: what few channels need is made when it is needed.
 */
final class Channel {
    private final int number;
    private final ContentAssembly content;
    private final Consumption consumption;
    private final ChannelEvents events;
    private String lastQueue = "";
    private boolean closing;
    private @Nullable Fetched fetched;
    private @Nullable Confirms confirms;
    private @Nullable Transaction transaction;
    private long unconfirmed;
    private long confirmBytes;
    /** Tags of consumers whose queue is being deleted by this channel; null if none is. */
    private @Nullable List<String> heldCancels;

    Channel(int number, Peer peer, ContentAssembly content, ChannelEvents events) {
        this.number = number;
        this.content = content;
        this.consumption = new Consumption(peer, events);
        this.events = events;
    }

    int number() {
        return number;
    }

    /** The message that is being received. */
    ContentAssembly content() {
        return content;
    }

    /** What is consumed, and what of it is not settled. */
    Consumption consumption() {
        return consumption;
    }

    /** What takes messages that are asked for one at a time. */
    Fetched fetched(DeliveryWriter writer) {
        Fetched taker = fetched;
        if (taker == null) {
            taker = new Fetched(this, writer);
            fetched = taker;
        }
        return taker;
    }

    /** Who has a message of {@code source} that {@code taker} got, and most likely the next. */
    Fetched holderFor(Fetched taker, DeliverySource source) {
        Fetched holder = taker.of(source);
        fetched = holder;
        return holder;
    }

    /** Whether {@code channel.close} is sent, so that everything but closing methods is discarded. */
    boolean isClosing() {
        return closing;
    }

    void declaredQueue(String name) {
        lastQueue = name;
    }

    /** The queue that a method means by {@code name}. */
    String queueNamed(String name) {
        String queue = name.isEmpty() ? lastQueue : Names.clean(name);
        if (queue.isEmpty()) {
            throw new FaultException(ReplyCode.NOT_FOUND, "no previously declared queue");
        }
        return queue;
    }

    /** A consumer's queue is gone. */
    void consumerCancelled(Consumer consumer) {
        consumption.forget(consumer);
        List<String> held = heldCancels;
        if (held == null) {
            events.consumerCancelled(this, consumer.tag());
        } else {
            held.add(consumer.tag());
        }
    }

    /** The channel itself deletes a queue: its consumers are told behind the answer, as RabbitMQ does. */
    void holdCancels() {
        heldCancels = new ArrayList<>();
    }

    /** The deletion is answered. */
    void tellCancels() {
        List<String> held = heldCancels;
        heldCancels = null;
        if (held != null) {
            held.forEach(tag -> events.consumerCancelled(this, tag));
        }
    }

    @Nullable Confirms confirms() {
        return confirms;
    }

    @Nullable Transaction transaction() {
        return transaction;
    }

    /** Starts to confirm publishes; again has no effect. */
    void confirm() {
        if (transaction != null) {
            throw new FaultException(ReplyCode.PRECONDITION_FAILED, "cannot switch from tx to confirm mode");
        }
        if (confirms == null) {
            confirms = new Confirms();
        }
    }

    /** Starts to hold back publishes and settlements; again has no effect. */
    void transact(Transaction fresh) {
        if (confirms != null) {
            throw new FaultException(ReplyCode.PRECONDITION_FAILED, "cannot switch from confirm to tx mode");
        }
        if (transaction == null) {
            transaction = fresh;
        }
    }

    /** The broker has decided on a message that was published here. */
    void published(Publication message) {
        Confirms current = confirms;
        if (current == null) {
            return;
        }
        if (current.isEmpty()) {
            events.confirming(this);
        }
        switch (message.outcome()) {
            case ACCEPTED, UNROUTED -> current.published(message.durableAt());
            case REJECTED -> current.rejected();
        }
        countConfirms(current.count(), current.memoryBytes());
    }

    /** Answers what is durable by now; returns the log sequence that the rest waits for, 0 if there is none. */
    long answerConfirms(long durable, OutboundBuffer out) {
        Confirms current = confirms;
        if (current == null) {
            return 0;
        }
        current.answer(durable, number, out);
        countConfirms(current.count(), current.memoryBytes());
        return current.isEmpty() ? 0 : current.highestGate();
    }

    private void countConfirms(long publishes, long bytes) {
        events.unconfirmed(publishes - unconfirmed, bytes - confirmBytes);
        unconfirmed = publishes;
        confirmBytes = bytes;
    }

    /** Work of the method {@code methodId} cannot go on. */
    void fail(Fault fault, int methodId) {
        if (!closing) {
            events.failed(this, fault, methodId);
        }
    }

    /** Gives everything back that the channel holds, and then does {@code done}. */
    void release(Runnable done) {
        stop();
        consumption.release(done);
    }

    /** Nothing is taken or delivered any more. */
    void stop() {
        consumption.stop();
        closing = true;
        content.reset();
        countConfirms(0, 0);
        if (transaction != null) {
            transaction.rollback(consumption);
        }
    }

    /** Gives back what the channel holds, until the budget is spent; whether that is all. */
    boolean release(TurnBudget budget) {
        return consumption.release(budget);
    }
}
