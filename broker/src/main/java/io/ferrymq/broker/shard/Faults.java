package io.ferrymq.broker.shard;

import io.ferrymq.broker.RefusedException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The border around a shard's state: whoever calls in from outside comes through here. A refusal has changed nothing and
 * passes. Anything else that comes out may have left a change half done, so it ends what runs on the lane, and nothing
 * more is asked of the shard. Lane only.
 */
final class Faults {
    private final Lane lane;
    private @Nullable Throwable cause;

    Faults(Lane lane) {
        this.lane = lane;
    }

    boolean isSound() {
        return cause == null;
    }

    /** Fails if the shard has. */
    void requireSound() {
        if (cause != null) {
            throw new BrokenShardException(cause);
        }
    }

    /** Does something in the shard. */
    void run(Runnable work) {
        requireSound();
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            throw outcome(e);
        }
    }

    /** Asks something of the shard. */
    <T> T get(Supplier<T> work) {
        requireSound();
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            throw outcome(e);
        }
    }

    /** What the caller gets of what was thrown inside; the shard is over unless that is a refusal. */
    RuntimeException outcome(Throwable thrown) {
        if (thrown instanceof RefusedException refused) {
            return refused;
        }
        if (thrown instanceof BrokenShardException broken) {
            return broken;
        }
        if (cause == null) {
            cause = thrown;
            lane.broken(thrown);
        }
        return new BrokenShardException(thrown);
    }
}
