package io.ferrymq.wire;

/**
 * Sizes of the transport.
 *
 * @param loops number of lanes, at least 1
 * @param connectionsMax open connections over all listeners, past which new ones are closed at once
 */
public record TransportOptions(int loops, int connectionsMax) {
    /** Checks the ranges. */
    public TransportOptions {
        if (loops < 1 || connectionsMax < 1) {
            throw new IllegalArgumentException("loops " + loops + ", connections " + connectionsMax);
        }
    }
}
