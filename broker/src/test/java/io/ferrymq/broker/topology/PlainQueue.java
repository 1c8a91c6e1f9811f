package io.ferrymq.broker.topology;

import io.ferrymq.broker.routing.Destination;

/** A queue that holds nothing. */
final class PlainQueue extends Destination implements DeclaredQueue {
    private final int number;
    private final QueueSpec spec;
    private final QueueOwner owner;

    PlainQueue(int number, QueueSpec spec, QueueOwner owner) {
        this.number = number;
        this.spec = spec;
        this.owner = owner;
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public int number() {
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
