package io.ferrymq.broker.shard;

import io.ferrymq.broker.Refusal.Permission;
import io.ferrymq.broker.Resource;

/** What one identity may do in one virtual host. Lane only. */
interface Guard {
    /** Refuses nothing. */
    Guard OPERATOR = new Guard() {
        @Override
        public void require(Permission permission, Resource resource) {}

        @Override
        public void requireAny(Resource resource) {}

        @Override
        public void requireTopic(Permission permission, Resource exchange, String routingKey) {}

        @Override
        public boolean restrictsTopics(String exchange) {
            return false;
        }

        @Override
        public long version() {
            return 0;
        }
    };

    /** Throws {@link io.ferrymq.broker.RefusedException} if the permission was not given. */
    void require(Permission permission, Resource resource);

    /** Throws {@link io.ferrymq.broker.RefusedException} if no permission at all was given for the resource. */
    void requireAny(Resource resource);

    /** Throws {@link io.ferrymq.broker.RefusedException} if that key may not be used with that topic exchange. */
    void requireTopic(Permission permission, Resource exchange, String routingKey);

    /** Whether {@link #requireTopic} has anything to say about that exchange. */
    boolean restrictsTopics(String exchange);

    /** Changes whenever an earlier answer may no longer hold. */
    long version();
}
