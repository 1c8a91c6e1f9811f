package io.ferrymq.broker;

/**
 * Work that may be too long for one turn of the lane, and is done a part at a time.
 *
 * <p>Thread contract: the shard's lane only.
 */
@FunctionalInterface
public interface Chore {
    /** Does the next part, until {@code budget} is spent or nothing is left; true if nothing is left. */
    boolean go(TurnBudget budget);
}
