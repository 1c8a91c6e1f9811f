package io.ferrymq.wire;

/**
 * Sizes of the transport.
 *
 * @param loops number of lanes, at least 1
 * @param connectionsMax open connections over all listeners, past which new ones are closed at once
 * @param bufferBytesMax memory that all connections' unread and unsent bytes take together
 * @param contentBytesMax memory that messages take together which have not arrived in full, or wait to be sent
 * @param heldBytesMax memory that both take together
 * @param objectBytesMax heap that connections and what they have in line to be sent take; new ones are closed at once when three
 *     quarters of it are taken
 */
public record TransportOptions(
        int loops,
        int connectionsMax,
        long bufferBytesMax,
        long contentBytesMax,
        long heldBytesMax,
        long objectBytesMax) {
    /** Checks the ranges. */
    public TransportOptions {
        if (loops < 1 || connectionsMax < 1) {
            throw new IllegalArgumentException("loops " + loops + ", connections " + connectionsMax);
        }
        if (bufferBytesMax < 1 || contentBytesMax < 1 || heldBytesMax < 1 || objectBytesMax < 1) {
            throw new IllegalArgumentException("buffers " + bufferBytesMax + ", contents " + contentBytesMax + ", both "
                    + heldBytesMax + ", objects " + objectBytesMax);
        }
    }

    /** The same with another {@link #connectionsMax}. */
    public TransportOptions withConnectionsMax(int connections) {
        return new TransportOptions(loops, connections, bufferBytesMax, contentBytesMax, heldBytesMax, objectBytesMax);
    }

    /**
     * One lane, and the usual limits of memory: 128 MiB of buffers, 256 MiB of messages, as much as both together, 64 MiB of
     * objects.
     */
    public static TransportOptions standard(int connectionsMax) {
        return new TransportOptions(1, connectionsMax, 128 << 20, 256 << 20, 384 << 20, 64 << 20);
    }
}
