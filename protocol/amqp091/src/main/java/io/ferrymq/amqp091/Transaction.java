package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a transactional channel holds back until {@code tx.commit}: messages as copies, and settlements. A delivery that
 * is settled here is out of the channel's window but still counts for its prefetch; a rollback puts it back.
 *
 * <p>Thread contract: the connection's lane.
 *
 * <p>A small commit survives a crash of the broker as a whole or not at all ({@link Link#together}); that holds up to
 * {@value #TOGETHER_BYTES_MAX} bytes, and one delivery that is not accepted but may become a dead letter. As in RabbitMQ a commit is not undone in part: a message that is refused closes the
 * channel, and what was carried out before it stays.
 */
final class Transaction implements UnsettledWindow.Taker {
    private record HeldMessage(
            ShortText exchange,
            ShortText routingKey,
            List<String> extraRoutingKeys,
            List<String> secretRoutingKeys,
            ByteBuf header,
            ByteBuf body,
            boolean persistent,
            int priority,
            long expirationMillis,
            long delayMillis,
            long exchangeDelayMillis,
            boolean mandatory,
            long objectBytes) {
        long bytes() {
            return (long) header.readableBytes() + body.readableBytes();
        }
    }

    /** As much as the log writes in one piece. */
    private static final int TOGETHER_BYTES_MAX = 1 << 20;

    /** What a message takes in the log beside its header and body, if it goes to a few queues. */
    private static final int MESSAGE_BYTES = 1 << 10;

    /** What it costs to forget a message. */
    private static final int FORGET_STEPS = 20;

    /** What is carried out at once may cost so much: a few messages may go to very many queues. */
    private static final int AT_ONCE_UNITS_MAX = 50_000;

    /** What the settlements of a commit take, which are ranges. */
    private static final int SETTLEMENT_BYTES = 32;

    /** What a message takes on the heap beside its header, its body and its names. */
    private static final int HELD_MESSAGE_BYTES = 400;

    /** What a name or key takes beside its octets, which are there as such and as text. */
    private static final int NAME_BYTES = 100;

    private final UnfinishedBytes unfinished;
    private final Link link;
    private final ArrayDeque<HeldMessage> messages = new ArrayDeque<>();
    private final HeldSettlements settlements = new HeldSettlements();
    private long heldBytes;
    private long objectBytes;
    private long settlementBytes;
    private boolean committing;

    Transaction(UnfinishedBytes unfinished, Link link) {
        this.unfinished = unfinished;
        this.link = link;
    }

    /** Keeps a copy of a message. */
    void hold(Publication message, boolean mandatory) {
        long bytes = (long) message.header().readableBytes() + message.body().readableBytes();
        long objects = HELD_MESSAGE_BYTES + nameBytes(message);
        link.requireRoom(bytes + objects);
        count(bytes, objects);
        unfinished.take(bytes);
        messages.add(new HeldMessage(
                message.exchange(),
                message.key(),
                message.extraRoutingKeys(),
                message.secretRoutingKeys(),
                Unpooled.copiedBuffer(message.header()),
                Unpooled.copiedBuffer(message.body()),
                message.persistent(),
                message.priority(),
                message.expirationMillis(),
                message.delayMillis(),
                message.exchangeDelayMillis(),
                mandatory,
                objects));
    }

    /** Counts a message in, or out if the numbers are negative. */
    private void count(long bytes, long objects) {
        heldBytes += bytes;
        objectBytes += objects;
        link.hold(bytes + objects);
    }

    private static long nameBytes(Publication message) {
        long bytes = nameBytes(message.exchange().utf8().length)
                + nameBytes(message.key().utf8().length);
        for (String key : message.extraRoutingKeys()) {
            bytes += nameBytes(key.length());
        }
        for (String key : message.secretRoutingKeys()) {
            bytes += nameBytes(key.length());
        }
        return bytes;
    }

    private static long nameBytes(int length) {
        return NAME_BYTES + 3L * length;
    }

    @Override
    public void take(long tag, long place, long mark, Holder holder, Settlement settlement) {
        settlements.add(tag, place, mark, holder, settlement);
        countSettlements();
        link.spend(TurnBudget.SETTLEMENT);
    }

    /**
     * Carries out what was held back, and then does {@code done}: messages first, as RabbitMQ does. What is little is done
     * inside this call; what is more than stands in the log as one takes as many turns as it needs, and goes on when its
     * client is gone meanwhile. Answers wait until it is durable.
     *
     * @param fail is told of what was refused when it was not inside this call
     */
    void commit(Channel channel, Publisher publisher, LongWork work, Runnable done, Consumer<Fault> fail) {
        Commit commit = new Commit(channel, publisher);
        boolean isLittle = bytesInLog() <= TOGETHER_BYTES_MAX && settlements.refusals() <= 1;
        if (isLittle && commit.atOnce()) {
            done.run();
        } else {
            committing = true;
            work.run(commit::part, () -> {
                committing = false;
                if (commit.isOver) {
                    done.run();
                } else {
                    giveUp(channel, commit.fault, fail);
                }
            });
        }
    }

    /** A commit cannot go on: the end of the channel does the rest, unless it has come meanwhile. */
    private void giveUp(Channel channel, @Nullable Fault fault, Consumer<Fault> fail) {
        if (channel.isClosing()) {
            rollback(channel.consumption());
        } else if (fault != null) {
            fail.accept(fault);
        }
    }

    /** One commit on its way. */
    private final class Commit {
        private final Channel channel;
        private final Publisher publisher;
        private final Publication publication = new Publication(Amqp091Format.INSTANCE);
        private boolean complete = true;
        private boolean isOver;
        private @Nullable Fault fault;

        Commit(Channel channel, Publisher publisher) {
            this.channel = channel;
            this.publisher = publisher;
        }

        /** Whether that was all. */
        boolean atOnce() {
            if (!messages.isEmpty()) {
                channel.consumption().together((int) bytesInLog());
            }
            return go(new TurnBudget(AT_ONCE_UNITS_MAX));
        }

        /** Does as much as the budget allows; whether that is all, or it cannot go on. */
        boolean part(TurnBudget budget) {
            try {
                isOver = go(budget);
                return isOver;
            } catch (RefusedException e) {
                fault = RefusalFaults.of(e.refusal());
            } catch (FaultException e) {
                fault = e.fault();
            }
            return true;
        }

        private boolean go(TurnBudget budget) {
            for (@Nullable HeldMessage first = messages.peek(); first != null; first = messages.peek()) {
                if (budget.isSpent()) {
                    return false;
                }
                if (link.areMessagesFull()) {
                    throw new FaultException(ReplyCode.PRECONDITION_FAILED, "memory is full of messages");
                }
                long before = link.spentUnits();
                send(first);
                messages.remove();
                forget(first);
                budget.spend(TurnBudget.GO + TurnBudget.ofBytes(first.bytes()) + link.spentUnits() - before);
            }
            if (settlements.count() > 0) {
                if (!settlements.takeSome(channel.consumption()::settleNow, budget)) {
                    return false;
                }
                countSettlements();
                channel.consumption().writeSettled();
            }
            channel.consumption().wakeSettled();
            if (!complete) {
                throw new FaultException(ReplyCode.PRECONDITION_FAILED, "partial tx completion");
            }
            return true;
        }

        private void send(HeldMessage message) {
            publication.address(
                    message.exchange, message.routingKey, message.extraRoutingKeys, message.secretRoutingKeys);
            publication.content(message.header, message.body);
            publication.terms(message.persistent, message.priority, message.expirationMillis);
            publication.delays(message.delayMillis, message.exchangeDelayMillis);
            publisher.send(channel, publication, message.mandatory && !channel.isClosing());
            complete &= publication.outcome() != Publication.Outcome.REJECTED;
        }
    }

    private long bytesInLog() {
        return heldBytes + (long) messages.size() * MESSAGE_BYTES + (long) settlements.count() * SETTLEMENT_BYTES;
    }

    /**
     * Forgets the messages and puts the deliveries back into the channel's window. What is being committed goes on all the
     * same.
     */
    void rollback(Consumption consumption) {
        if (committing) {
            return;
        }
        link.spend(TurnBudget.ofSteps((long) messages.size() * FORGET_STEPS));
        forgetMessages();
        if (settlements.count() > 0) {
            // All rows of the window are moved, too.
            link.spend((long) TurnBudget.SETTLEMENT * (settlements.count() + consumption.windowCount()));
            consumption.putBack(settlements.asUnsettled());
        }
        settlements.clear();
        countSettlements();
    }

    private void countSettlements() {
        long bytes = settlements.memoryBytes();
        if (bytes != settlementBytes) {
            link.hold(bytes - settlementBytes);
            settlementBytes = bytes;
        }
    }

    private void forgetMessages() {
        long bytes = heldBytes;
        messages.clear();
        count(-bytes, -objectBytes);
        unfinished.giveBack(bytes);
    }

    private void forget(HeldMessage message) {
        count(-message.bytes(), -message.objectBytes);
        unfinished.giveBack(message.bytes());
    }
}
