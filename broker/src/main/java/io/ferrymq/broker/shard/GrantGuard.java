package io.ferrymq.broker.shard;

import io.ferrymq.broker.Refusal.Permission;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.access.Grant;
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
    public long version() {
        return versions.getAsLong();
    }
}
