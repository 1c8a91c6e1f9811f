package io.ferrymq.broker.shard;

import io.ferrymq.broker.Refusal.Permission;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.Exchange;
import io.ferrymq.broker.topology.VirtualHost;

/**
 * Finds the exchange that a message is published to. Whether the user may write there is remembered for the exchange
 * used last, since publishers stay with one; so is whether the user's topic permissions have to be asked for each key.
 * Lane only.
 */
final class PublishTargets {
    private final VirtualHost vhost;
    private final Guard guard;
    private ShortText lastExchange = ShortText.EMPTY;
    private long lastVersion = -1;
    private boolean topicsRestricted;

    PublishTargets(VirtualHost vhost, Guard guard) {
        this.vhost = vhost;
        this.guard = guard;
    }

    Exchange find(Publication message) {
        ShortText name = message.exchange();
        if (!name.equals(lastExchange) || guard.version() != lastVersion) {
            permit(name);
        }
        Exchange exchange = vhost.exchangeToPublishTo(name.text());
        if (topicsRestricted && vhost.isTopicExchange(name.text())) {
            requireKeys(message);
        }
        return exchange;
    }

    private void permit(ShortText exchange) {
        guard.require(Permission.WRITE, Resource.exchange(exchange.text(), vhost.name()));
        lastExchange = exchange;
        lastVersion = guard.version();
        topicsRestricted = guard.restrictsTopics(exchange.text());
    }

    /** Copies are checked, too, as from RabbitMQ 4.0. */
    private void requireKeys(Publication message) {
        Resource exchange = Resource.exchange(message.exchange().text(), vhost.name());
        guard.requireTopic(Permission.WRITE, exchange, message.routingKey());
        for (String key : message.extraRoutingKeys()) {
            guard.requireTopic(Permission.WRITE, exchange, key);
        }
    }
}
