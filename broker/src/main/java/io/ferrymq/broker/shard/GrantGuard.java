package io.ferrymq.broker.shard;

import io.ferrymq.broker.Refusal.Permission;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.access.Grant;
import java.util.Map;
import java.util.function.LongSupplier;

/** A user's permissions in a virtual host, as a guard. Lane only. */
record GrantGuard(Grant grant, LongSupplier versions) implements Guard {
    @Override
    public void require(Permission permission, Resource resource) {
        grant.require(permission, resource);
    }

    @Override
    public void requireAny(Resource resource) {
        grant.requireAny(resource);
    }

    @Override
    public void requireTopic(Permission permission, Resource exchange, String routingKey) {
        grant.requireTopic(permission, exchange, routingKey, Map.of());
    }

    @Override
    public boolean restrictsTopics(String exchange) {
        return grant.restrictsTopics(exchange);
    }

    @Override
    public long version() {
        return versions.getAsLong();
    }
}
