package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import java.util.function.Supplier;

/**
 * Class basic (clause 1.8 of the reference) without publishing and settling: prefetch, consumers, single fetches,
 * redelivery on request.
 *
 * <p>Thread contract: the connection's lane.
 */
final class BasicHandler {
    private final Peer peer;
    private final Link link;
    private final DeliveryWriter writer;
    private final Answers answers;
    private final Supplier<String> consumerTags;

    BasicHandler(Peer peer, DeliveryWriter writer, Answers answers, Supplier<String> consumerTags) {
        this.peer = peer;
        this.link = peer.link();
        this.writer = writer;
        this.answers = answers;
        this.consumerTags = consumerTags;
    }

    void handle(Channel channel, BasicMethod method) {
        switch (method) {
            case BasicMethod.Qos m -> limit(channel, m);
            case BasicMethod.Consume m -> consume(channel, m);
            case BasicMethod.Cancel m -> cancel(channel, m);
            case BasicMethod.Get m -> get(channel, m);
            case BasicMethod.Recover m -> {
                recover(channel, m.requeue(), () -> answers.now(channel, new BasicMethod.RecoverOk()));
            }
            case BasicMethod.RecoverAsync m -> recover(channel, m.requeue(), () -> {});
            default -> throw ExchangeHandler.notForServers();
        }
    }

    private void limit(Channel channel, BasicMethod.Qos m) {
        if (m.prefetchBytes() != 0) {
            throw new FaultException(ReplyCode.NOT_IMPLEMENTED, "prefetch_size!=0 (" + m.prefetchBytes() + ")");
        }
        if (m.global()) {
            channel.consumption().channelPrefetch(m.prefetchCount());
        } else {
            channel.consumption().consumerPrefetch(m.prefetchCount());
        }
        answers.now(channel, new BasicMethod.QosOk());
    }

    private void consume(Channel channel, BasicMethod.Consume m) {
        String tag = m.consumerTag().isEmpty() ? consumerTags.get() : m.consumerTag();
        if (channel.consumption().hasConsumer(tag)) {
            throw new FaultException(ReplyCode.NOT_ALLOWED, "attempt to reuse consumer tag '" + tag + "'");
        }
        if (m.queue().equals(Names.REPLY_TO)) {
            consumeReplies(channel, tag, m);
        } else {
            subscribe(channel, tag, m);
        }
        if (!m.noWait()) {
            answers.now(channel, new BasicMethod.ConsumeOk(tag));
        }
    }

    /** {@code no-local} is ignored, as RabbitMQ does. */
    private void subscribe(Channel channel, String tag, BasicMethod.Consume m) {
        SubscriptionRequest request = new SubscriptionRequest(
                channel.queueNamed(m.queue()),
                tag,
                m.noAck() ? Settling.ON_DELIVERY : Settling.BY_CONSUMER,
                m.exclusive() ? Sharing.EXCLUSIVE : Sharing.SHARED,
                m.arguments());
        Consumption consumption = channel.consumption();
        Consumer consumer = new Consumer(channel, writer, tag, m.noAck() ? 0 : consumption.consumerPrefetch());
        consumer.subscribed(link.subscribe(request, consumer));
        consumption.add(consumer);
        if (!m.noAck()) {
            consumption.expectSettling(consumer.timeoutMillis());
        }
    }

    /** RabbitMQ's direct reply-to: the channel gets an address of its own. */
    private void consumeReplies(Channel channel, String tag, BasicMethod.Consume m) {
        if (channel.consumption().replyConsumer() != null) {
            throw new FaultException(ReplyCode.PRECONDITION_FAILED, "reply consumer already set");
        }
        if (!m.noAck()) {
            throw new FaultException(ReplyCode.PRECONDITION_FAILED, "reply consumer cannot acknowledge");
        }
        ReplyConsumer consumer = new ReplyConsumer(channel, writer, peer.out(), tag);
        consumer.openedAt(link.openReplyAddress(consumer));
        channel.consumption().replyConsumer(consumer);
    }

    private void cancel(Channel channel, BasicMethod.Cancel m) {
        channel.consumption().cancel(m.consumerTag());
        if (!m.noWait()) {
            answers.now(channel, new BasicMethod.CancelOk(m.consumerTag()));
        }
    }

    private void get(Channel channel, BasicMethod.Get m) {
        String queue = channel.queueNamed(m.queue());
        Settling settling = m.noAck() ? Settling.ON_DELIVERY : Settling.BY_CONSUMER;
        if (!m.noAck()) {
            channel.consumption().requireRoomToFetch();
        }
        Fetched sink = channel.fetched(writer);
        if (!link.fetch(queue, settling, sink)) {
            answers.whenDurable(() -> getAgain(channel, queue, settling, sink));
        }
    }

    /** What was in the queue when this client asked is on disk now, whoever published it, and so can be had. */
    private void getAgain(Channel channel, String queue, Settling settling, Fetched sink) {
        if (channel.isClosing()) {
            return;
        }
        boolean found;
        try {
            found = link.fetch(queue, settling, sink);
        } catch (RefusedException gone) {
            // Somebody has deleted the queue in between; it had nothing for this client.
            found = false;
        }
        if (!found) {
            answers.now(channel, new BasicMethod.GetEmpty());
        }
    }

    private static void recover(Channel channel, boolean requeue, Runnable done) {
        if (!requeue) {
            throw new FaultException(ReplyCode.NOT_IMPLEMENTED, "requeue=false");
        }
        channel.consumption().requeueAll(done);
    }
}
