package io.ferrymq.server;

import io.ferrymq.broker.shard.Lane;

/**
 * A shard's lane on a loop of the network, so that a command from a connection of the same loop changes no thread.
 *
 * <p>Thread contract: as {@link Lane}.
 */
record ShardLane(io.ferrymq.wire.Lane loop) implements Lane {
    @Override
    public boolean isCurrent() {
        return loop.inLane();
    }

    @Override
    public void schedule(long delayMillis, Runnable task) {
        var _ = loop.schedule(delayMillis, task);
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }
}
