package io.ferrymq.server;

import io.ferrymq.wire.Lane;

/**
 * A lane of the wire as the shard's lane. The shard's own tasks do not fail: an exception out of one means that its state
 * can no longer be trusted, and ends the process.
 */
record ShardLane(Lane lane) implements io.ferrymq.broker.shard.Lane {
    @Override
    public boolean isCurrent() {
        return lane.inLane();
    }

    @Override
    public void schedule(long delayMillis, Runnable task) {
        lane.schedule(delayMillis, () -> run(task));
    }

    @Override
    public void nextTurn(Runnable task) {
        lane.nextTurn(() -> run(task));
    }

    @Override
    public void execute(Runnable task) {
        lane.execute(() -> run(task));
    }

    @Override
    public void broken(Throwable cause) {
        FatalError.halt("the broker's own state cannot be trusted any more", cause);
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }
}
