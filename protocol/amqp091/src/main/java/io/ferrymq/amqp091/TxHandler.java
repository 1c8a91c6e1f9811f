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

    TxHandler(Answers answers, Publisher publisher, UnfinishedBytes unfinished, Link link) {
        this.answers = answers;
        this.publisher = publisher;
        this.unfinished = unfinished;
        this.link = link;
    }

    void handle(Channel channel, TxMethod method) {
        switch (method) {
            case TxMethod.Select m -> {
                channel.transact(new Transaction(unfinished, link));
                answers.now(channel, new TxMethod.SelectOk());
            }
            case TxMethod.Commit m -> {
                transaction(channel).commit(channel, publisher);
                answers.whenDurable(channel, new TxMethod.CommitOk());
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

    private static Transaction transaction(Channel channel) {
        Transaction transaction = channel.transaction();
        if (transaction == null) {
            throw new FaultException(ReplyCode.PRECONDITION_FAILED, "channel is not transactional");
        }
        return transaction;
    }
}
