package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.amqp091.codec.TxMethod;
import io.ferrymq.broker.Link;

/**
 * Class tx (clause 1.9 of the reference).
 *
 * <p>Thread contract: the connection's lane.
 */
final class TxHandler {
    private final Answers answers;
    private final Publisher publisher;
    private final UnfinishedBytes unfinished;
    private final Link link;
    private final LongWork work;

    TxHandler(Answers answers, Publisher publisher, UnfinishedBytes unfinished, Peer peer) {
        this.answers = answers;
        this.publisher = publisher;
        this.unfinished = unfinished;
        this.link = peer.link();
        this.work = new LongWork(peer.link(), peer.gate());
    }

    void handle(Channel channel, TxMethod method) {
        switch (method) {
            case TxMethod.Select m -> {
                channel.transact(new Transaction(unfinished, link));
                answers.now(channel, new TxMethod.SelectOk());
            }
            case TxMethod.Commit m -> {
                transaction(channel)
                        .commit(
                                channel,
                                publisher,
                                work,
                                () -> committed(channel),
                                fault -> channel.fail(fault, TxMethod.Commit.ID));
            }
            case TxMethod.Rollback m -> {
                transaction(channel).rollback(channel.consumption());
                answers.now(channel, new TxMethod.RollbackOk());
            }
            case TxMethod.SelectOk m -> throw ExchangeHandler.notForServers();
            case TxMethod.CommitOk m -> throw ExchangeHandler.notForServers();
            case TxMethod.RollbackOk m -> throw ExchangeHandler.notForServers();
        }
    }

    /** A channel that has ended meanwhile is told nothing. */
    private void committed(Channel channel) {
        if (!channel.isClosing()) {
            answers.whenDurable(channel, new TxMethod.CommitOk());
        }
    }

    private static Transaction transaction(Channel channel) {
        Transaction transaction = channel.transaction();
        if (transaction == null) {
            throw new FaultException(ReplyCode.PRECONDITION_FAILED, "channel is not transactional");
        }
        return transaction;
    }
}
