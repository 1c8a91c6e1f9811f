package io.ferrymq.server;

import io.ferrymq.wire.Lane;

/** A lane of the wire as the shard's lane. */
record ShardLane(Lane lane) implements io.ferrymq.broker.shard.Lane {
    @Override
    public boolean isCurrent() {
        return lane.inLane();
    }

    @Override
    public void schedule(long delayMillis, Runnable task) {
        lane.schedule(delayMillis, task);
    }

    @Override
    public void execute(Runnable task) {
        lane.execute(task);
    }
}
