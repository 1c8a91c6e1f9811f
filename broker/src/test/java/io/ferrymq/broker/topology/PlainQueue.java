package io.ferrymq.broker.topology;

import io.ferrymq.broker.routing.Destination;

/** A queue that holds nothing. */
final class PlainQueue extends Destination implements DeclaredQueue {
    private final long number;
    private final QueueSpec spec;
    private final QueueOwner owner;

    PlainQueue(long number, QueueSpec spec, QueueOwner owner) {
        this.number = number;
        this.spec = spec;
        this.owner = owner;
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public long number() {
        return number;
    }

    @Override
    public QueueSpec spec() {
        return spec;
    }

    @Override
    public QueueOwner owner() {
        return owner;
    }

    @Override
    public Destination destination() {
        return this;
    }

    @Override
    public String toString() {
        return number + " " + spec.name();
    }
}
