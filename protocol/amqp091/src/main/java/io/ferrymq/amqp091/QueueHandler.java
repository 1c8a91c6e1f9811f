package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.Method;
import io.ferrymq.amqp091.codec.QueueMethod;
import io.ferrymq.broker.DeleteCondition;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.QueueStatus;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import java.util.EnumSet;
import java.util.Set;

/**
 * Class queue (clause 1.7 of the reference). An empty queue name means the one that was declared last on the channel.
 *
 * <p>Thread contract: the connection's lane.
 */
final class QueueHandler {
    private final Link link;
    private final String virtualHost;
    private final Answers answers;
    private final LongWork work;

    QueueHandler(Peer peer, Answers answers) {
        this.link = peer.link();
        this.virtualHost = peer.virtualHost();
        this.answers = answers;
        this.work = new LongWork(peer.link(), peer.gate());
    }

    void handle(Channel channel, QueueMethod method) {
        switch (method) {
            case QueueMethod.Declare m -> declare(channel, m);
            case QueueMethod.Bind m -> bind(channel, m);
            case QueueMethod.Unbind m -> unbind(channel, m);
            case QueueMethod.Purge m -> purge(channel, m);
            case QueueMethod.Delete m -> delete(channel, m);
            case QueueMethod.DeclareOk m -> throw ExchangeHandler.notForServers();
            case QueueMethod.BindOk m -> throw ExchangeHandler.notForServers();
            case QueueMethod.UnbindOk m -> throw ExchangeHandler.notForServers();
            case QueueMethod.PurgeOk m -> throw ExchangeHandler.notForServers();
            case QueueMethod.DeleteOk m -> throw ExchangeHandler.notForServers();
        }
    }

    private void declare(Channel channel, QueueMethod.Declare m) {
        String name = Names.clean(m.queue());
        QueueStatus status;
        if (name.startsWith(Names.REPLY_TO)) {
            status = replyAddress(name);
        } else if (m.passive()) {
            status = link.checkQueue(name);
        } else {
            status = link.declareQueue(
                    new QueueSpec(name, m.durable(), m.exclusive(), m.autoDelete(), QueueArguments.of(m.arguments())));
        }
        channel.declaredQueue(status.name());
        answer(
                channel,
                m.noWait(),
                new QueueMethod.DeclareOk(status.name(), status.messagesReady(), status.consumers()));
    }

    /** A reply address looks like a queue with one consumer, so that a server can find out whether its client still waits. */
    private QueueStatus replyAddress(String name) {
        if (!name.equals(Names.REPLY_TO) && !link.replyAddressExists(name)) {
            throw new RefusedException(new Refusal.NotFound(Resource.queue(name, virtualHost)));
        }
        return new QueueStatus(name, 0, 1);
    }

    private void bind(Channel channel, QueueMethod.Bind m) {
        String queue = channel.queueNamed(m.queue());
        String key = keyOr(m.queue(), m.routingKey(), queue);
        link.bindQueue(queue, Names.clean(m.exchange()), key, m.arguments());
        answer(channel, m.noWait(), new QueueMethod.BindOk());
    }

    private void unbind(Channel channel, QueueMethod.Unbind m) {
        String queue = channel.queueNamed(m.queue());
        String key = keyOr(m.queue(), m.routingKey(), queue);
        link.unbindQueue(queue, Names.clean(m.exchange()), key, m.arguments());
        answer(channel, false, new QueueMethod.UnbindOk());
    }

    /** If both names are empty, the key is the queue's name, too. */
    private static String keyOr(String givenQueue, String givenKey, String queue) {
        return givenQueue.isEmpty() && givenKey.isEmpty() ? queue : givenKey;
    }

    /** Whether or not it is answered, nothing more is read before it is over: purges in line would be without a bound. */
    private void purge(Channel channel, QueueMethod.Purge m) {
        long count = link.purgeQueue(channel.queueNamed(m.queue()));
        work.run(_ -> true, () -> {});
        answer(channel, m.noWait(), new QueueMethod.PurgeOk(count));
    }

    private void delete(Channel channel, QueueMethod.Delete m) {
        Set<DeleteCondition> conditions = EnumSet.noneOf(DeleteCondition.class);
        if (m.ifUnused()) {
            conditions.add(DeleteCondition.IF_UNUSED);
        }
        if (m.ifEmpty()) {
            conditions.add(DeleteCondition.IF_EMPTY);
        }
        channel.holdCancels();
        try {
            long count = link.deleteQueue(channel.queueNamed(m.queue()), conditions);
            answer(channel, m.noWait(), new QueueMethod.DeleteOk(count));
        } finally {
            answers.afterAnswer(channel::tellCancels);
        }
    }

    private void answer(Channel channel, boolean noWait, Method answer) {
        if (noWait) {
            answers.notWanted();
        } else {
            answers.whenDurable(channel, answer);
        }
    }
}
