package io.ferrymq.broker.topology;

/**
 * How much may exist. What is reached is refused with {@code LimitReached}; what exists stays.
 *
 * @param vhostsMax virtual hosts
 * @param exchangesPerVhostMax exchanges in one virtual host, predeclared ones included
 * @param queuesPerVhostMax queues in one virtual host
 * @param bindingsPerVhostMax bindings in one virtual host, those to the default exchange not counted
 */
public record TopologyLimits(int vhostsMax, int exchangesPerVhostMax, int queuesPerVhostMax, int bindingsPerVhostMax) {
    /** Far more than anyone needs, and little enough to fit memory. */
    public static final TopologyLimits DEFAULT = new TopologyLimits(10_000, 100_000, 1_000_000, 1_000_000);
}
