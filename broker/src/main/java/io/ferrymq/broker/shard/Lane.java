package io.ferrymq.broker.shard;

import java.util.concurrent.Executor;

/**
 * The one thread that may touch a shard's state. In production an event loop of the network; in tests a queue that the
 * test cranks.
 */
public interface Lane extends Executor {
    /** Whether the caller is on the lane. */
    boolean isCurrent();

    /** Runs {@code task} on the lane not earlier than {@code delayMillis} from now. It cannot be cancelled. */
    void schedule(long delayMillis, Runnable task);
}
