package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.AccessMethod;
import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConfirmMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.ExchangeMethod;
import io.ferrymq.amqp091.codec.Method;
import io.ferrymq.amqp091.codec.QueueMethod;
import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.amqp091.codec.SettlementView;
import io.ferrymq.amqp091.codec.TxMethod;
import io.ferrymq.broker.Settlement;
import io.netty.buffer.ByteBuf;
import java.util.function.Supplier;

/**
 * Hands each method on an open channel to the handler of its class.
 *
 * <p>Thread contract: the connection's lane.
 */
final class MethodHandler {
    private final Answers answers;
    private final ExchangeHandler exchanges;
    private final QueueHandler queues;
    private final BasicHandler basics;
    private final TxHandler transactions;
    private final SettlementView settlement = new SettlementView();

    MethodHandler(
            Peer peer,
            DeliveryWriter writer,
            Answers answers,
            Publisher publisher,
            UnfinishedBytes unfinished,
            Supplier<String> consumerTags) {
        this.answers = answers;
        this.exchanges = new ExchangeHandler(peer, answers);
        this.queues = new QueueHandler(peer, answers);
        this.basics = new BasicHandler(peer, writer, answers, consumerTags);
        this.transactions = new TxHandler(answers, publisher, unfinished, peer);
    }

    /** {@code basic.ack}, {@code nack} and {@code reject}, which come once for every delivery: no record is made. */
    void settle(Channel channel, ByteBuf in, int offset, int length) {
        settlement.wrap(in, offset, length);
        Settlement how = how();
        if (settlement.multiple()) {
            channel.consumption().settleUpTo(settlement.deliveryTag(), how, channel.transaction());
        } else {
            channel.consumption().settleOne(settlement.deliveryTag(), how, channel.transaction());
        }
    }

    private Settlement how() {
        if (settlement.id() == BasicMethod.Ack.ID) {
            return Settlement.ACCEPT;
        }
        if (!settlement.requeue()) {
            return Settlement.REJECT;
        }
        return settlement.id() == BasicMethod.Nack.ID ? Settlement.RELEASE : Settlement.REQUEUE;
    }

    void handle(Channel channel, Method method) {
        switch (method) {
            case BasicMethod m -> basics.handle(channel, m);
            case QueueMethod m -> queues.handle(channel, m);
            case ExchangeMethod m -> exchanges.handle(channel, m);
            case ChannelMethod m -> handleChannel(channel, m);
            case TxMethod m -> transactions.handle(channel, m);
            case ConfirmMethod.Select m -> confirm(channel, m);
            case ConfirmMethod.SelectOk m -> throw ExchangeHandler.notForServers();
            case AccessMethod.Request m -> answers.now(channel, new AccessMethod.RequestOk(1));
            case AccessMethod.RequestOk m -> throw ExchangeHandler.notForServers();
            case ConnectionMethod m -> throw ExchangeHandler.notForServers();
        }
    }

    private void handleChannel(Channel channel, ChannelMethod method) {
        switch (method) {
            case ChannelMethod.Open m ->
                throw new FaultException(ReplyCode.CHANNEL_ERROR, "second 'channel.open' seen");
            case ChannelMethod.Flow m -> flow(channel, m);
            default -> throw ExchangeHandler.notForServers();
        }
    }

    /** RabbitMQ lets a client only say that it can take content, which it can anyway. */
    private void flow(Channel channel, ChannelMethod.Flow m) {
        if (!m.active()) {
            throw new FaultException(ReplyCode.NOT_IMPLEMENTED, "active=false");
        }
        answers.now(channel, new ChannelMethod.FlowOk(true));
    }

    private void confirm(Channel channel, ConfirmMethod.Select m) {
        channel.confirm();
        if (!m.noWait()) {
            answers.now(channel, new ConfirmMethod.SelectOk());
        }
    }
}
