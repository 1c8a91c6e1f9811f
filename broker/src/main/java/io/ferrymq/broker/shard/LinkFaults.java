package io.ferrymq.broker.shard;

import io.ferrymq.broker.LinkListener;
import org.jspecify.annotations.Nullable;

/**
 * The border between the shard and one session: calls out to the session's sinks, answers and listener go through here.
 * An exception out of one ends that session, in a task of its own, and no queue or other session notices. An error, as
 * of memory or of the stack, is nobody's own and passes. Lane only.
 */
final class LinkFaults {
    private final Lane lane;
    private final LinkListener listener;
    private @Nullable RuntimeException failure;
    private boolean closed;

    LinkFaults(Lane lane, LinkListener listener) {
        this.lane = lane;
        this.listener = listener;
    }

    /** Whether nothing more is to be given to the session. */
    boolean hasFailed() {
        return failure != null;
    }

    /** The link is closed: a session that is gone is told nothing. */
    void close() {
        closed = true;
    }

    void run(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** The session has thrown something: it is told to end. */
    void failed(RuntimeException thrown) {
        if (thrown instanceof BrokenShardException) {
            throw thrown;
        }
        if (failure != null) {
            failure.addSuppressed(thrown);
            return;
        }
        failure = thrown;
        lane.execute(() -> {
            if (!closed) {
                listener.failed(thrown);
            }
        });
    }
}
