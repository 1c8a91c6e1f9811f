package io.ferrymq.broker.routing;

/** A destination that holds nothing. */
final class Stop extends Destination {
    private final String name;

    Stop(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }
}
