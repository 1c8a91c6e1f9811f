package io.ferrymq.broker.shard;

import java.util.concurrent.Executor;

/**
 * The one thread that may touch a shard's state. In production an event loop of the network; in tests a queue that the
 * test cranks.
 */
public interface Lane extends Executor {
    /** Whether the caller is on the lane. */
    boolean isCurrent();

    /**
     * Runs {@code task} in the lane's next turn: behind what others ask for until then, and where there are sockets behind
     * what they bring. For work that goes on and on.
     */
    default void nextTurn(Runnable task) {
        execute(task);
    }

    /** Runs {@code task} on the lane not earlier than {@code delayMillis} from now. It cannot be cancelled. */
    void schedule(long delayMillis, Runnable task);

    /**
     * The shard's state cannot be trusted any more: ends what runs on this lane, so that nothing more is written or
     * confirmed. What a task throws ends it, too. May not return.
     */
    void broken(Throwable cause);
}
