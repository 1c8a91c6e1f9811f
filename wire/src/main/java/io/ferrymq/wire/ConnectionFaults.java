package io.ferrymq.wire;

import io.netty.util.internal.OutOfDirectMemoryError;
import java.util.function.Consumer;

/**
 * The border of one connection: whatever runs for it alone, as a task of the lane, a timer or a call for all connections,
 * runs in here. An exception ends this connection, and so does a lack of buffers, since nothing was changed for want of
 * one and others may have what it wanted. Any other error passes, and is the lane's.
 *
 * <p>Thread contract: on the connection's lane only.
 */
final class ConnectionFaults {
    private final Consumer<Throwable> end;

    /** {@code end} ends the connection. */
    ConnectionFaults(Consumer<Throwable> end) {
        this.end = end;
    }

    /** Whether memory outside the heap is what is missing. */
    static boolean isLackOfBuffers(Throwable error) {
        return error instanceof OutOfDirectMemoryError
                || (error instanceof OutOfMemoryError
                        && String.valueOf(error.getMessage()).contains("direct buffer memory"));
    }

    void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            end.accept(e);
        } catch (OutOfMemoryError e) {
            if (!isLackOfBuffers(e)) {
                throw e;
            }
            end.accept(e);
        }
    }

    /** The task inside the border; made once for a task that runs often. */
    Runnable guarded(Runnable task) {
        return () -> run(task);
    }
}
