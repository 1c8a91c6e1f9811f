package io.ferrymq.broker.queue;

import io.ferrymq.broker.routing.Destination;
import io.ferrymq.broker.topology.QueueSpec;
import org.jspecify.annotations.Nullable;

abstract class DeclaredQueueBase extends Destination {
    private final int number;
    private final String vhost;
    private final QueueSpec spec;
    private final @Nullable Object owner;

    DeclaredQueueBase(int number, String vhost, QueueSpec spec, @Nullable Object owner) {
        this.number = number;
        this.vhost = vhost;
        this.spec = spec;
        this.owner = owner;
    }

    public int number() {
        return number;
    }

    public String vhost() {
        return vhost;
    }

    @Override
    public String name() {
        return spec.name();
    }

    public QueueSpec spec() {
        return spec;
    }

    public @Nullable Object owner() {
        return owner;
    }

    /** Whether it and its persistent messages survive a restart. */
    public boolean isDurable() {
        return spec.durable() && !spec.exclusive();
    }
}
