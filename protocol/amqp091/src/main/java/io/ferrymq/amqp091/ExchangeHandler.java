package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ExchangeMethod;
import io.ferrymq.amqp091.codec.Method;
import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.DeleteCondition;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.topology.ExchangeSpec;
import java.util.EnumSet;
import java.util.Set;

/**
 * Class exchange (clause 1.6 of the reference), with bindings between exchanges.
 *
 * <p>Thread contract: the connection's lane.
 */
final class ExchangeHandler {
    private final Link link;
    private final Answers answers;

    ExchangeHandler(Peer peer, Answers answers) {
        this.link = peer.link();
        this.answers = answers;
    }

    void handle(Channel channel, ExchangeMethod method) {
        switch (method) {
            case ExchangeMethod.Declare m -> declare(channel, m);
            case ExchangeMethod.Delete m -> delete(channel, m);
            case ExchangeMethod.Bind m -> bind(channel, m);
            case ExchangeMethod.Unbind m -> unbind(channel, m);
            case ExchangeMethod.DeclareOk m -> throw notForServers();
            case ExchangeMethod.DeleteOk m -> throw notForServers();
            case ExchangeMethod.BindOk m -> throw notForServers();
            case ExchangeMethod.UnbindOk m -> throw notForServers();
        }
    }

    /** A method that only servers send. */
    static FaultException notForServers() {
        return new FaultException(ReplyCode.COMMAND_INVALID, "unimplemented method");
    }

    private void declare(Channel channel, ExchangeMethod.Declare m) {
        String name = Names.clean(m.exchange());
        if (m.passive()) {
            link.checkExchange(name);
        } else {
            link.declareExchange(new ExchangeSpec(
                    name,
                    ExchangeType.require(Names.clean(m.type())),
                    m.durable(),
                    m.autoDelete(),
                    m.internal(),
                    m.arguments()));
        }
        answer(channel, m.noWait(), new ExchangeMethod.DeclareOk());
    }

    private void delete(Channel channel, ExchangeMethod.Delete m) {
        Set<DeleteCondition> conditions = EnumSet.noneOf(DeleteCondition.class);
        if (m.ifUnused()) {
            conditions.add(DeleteCondition.IF_UNUSED);
        }
        link.deleteExchange(Names.clean(m.exchange()), conditions);
        answer(channel, m.noWait(), new ExchangeMethod.DeleteOk());
    }

    private void bind(Channel channel, ExchangeMethod.Bind m) {
        link.bindExchange(Names.clean(m.destination()), Names.clean(m.source()), m.routingKey(), m.arguments());
        answer(channel, m.noWait(), new ExchangeMethod.BindOk());
    }

    private void unbind(Channel channel, ExchangeMethod.Unbind m) {
        link.unbindExchange(Names.clean(m.destination()), Names.clean(m.source()), m.routingKey(), m.arguments());
        answer(channel, m.noWait(), new ExchangeMethod.UnbindOk());
    }

    private void answer(Channel channel, boolean noWait, Method answer) {
        if (noWait) {
            answers.notWanted();
        } else {
            answers.whenDurable(channel, answer);
        }
    }
}
