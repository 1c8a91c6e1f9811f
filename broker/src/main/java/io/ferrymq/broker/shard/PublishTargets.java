package io.ferrymq.broker.shard;

import io.ferrymq.broker.Refusal.Permission;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.Exchange;
import io.ferrymq.broker.topology.VirtualHost;

/**
 * Finds the exchange that a message is published to. Whether the user may write there is remembered for the exchange
 * used last, since publishers stay with one. Lane only.
 */
final class PublishTargets {
    private final VirtualHost vhost;
    private final Guard guard;
    private ShortText lastExchange = ShortText.EMPTY;
    private long lastVersion = -1;

    PublishTargets(VirtualHost vhost, Guard guard) {
        this.vhost = vhost;
        this.guard = guard;
    }

    Exchange find(ShortText exchange) {
        if (!exchange.equals(lastExchange) || guard.version() != lastVersion) {
            guard.require(Permission.WRITE, Resource.exchange(exchange.text(), vhost.name()));
            lastExchange = exchange;
            lastVersion = guard.version();
        }
        return vhost.exchangeToPublishTo(exchange.text());
    }
}
