package io.ferrymq.wire;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One thread and what waits to run on it: the sockets' events first, then tasks, in turns without end.
 *
 * <p>Thread contract: {@link #execute}, {@link #inLane} and {@link #schedule} from any thread; the others on the lane.
 * Tasks of one caller run in the order in which they were given. A task must not block: everything else on this lane
 * waits for it.
 */
public final class Lane implements Executor {
    private final EventLoop loop;
    private final Ticker ticker;
    private final long originNanos;

    Lane(EventLoop loop) {
        this.loop = loop;
        this.ticker = loop.ticker();
        this.originNanos = ticker.nanoTime();
    }

    /** A task that waits for its time. */
    public interface Alarm {
        /** Takes the task back; does nothing once it has started. */
        void cancel();
    }

    /** Whether the caller is on this lane's thread. */
    public boolean inLane() {
        return loop.inEventLoop();
    }

    /** Runs the task on the lane, after what already waits; never at once, even when the caller is on the lane. */
    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /** Runs the task on the lane after at least {@code delayMillis}. */
    public Alarm schedule(long delayMillis, Runnable task) {
        Future<?> future = loop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    /**
     * Runs the task when this turn's events and tasks are done. What many of them touched is flushed once here: the
     * journal, and the connections that were written to.
     */
    public void atTurnEnd(Runnable task) {
        if (loop instanceof SingleThreadEventLoop turns) {
            turns.executeAfterEventLoopIteration(task);
        } else {
            loop.execute(task);
        }
    }

    /** Milliseconds since this lane began, monotonic. Each call reads the clock: once for a burst, not for a message. */
    public long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(ticker.nanoTime() - originNanos);
    }

    EventLoop loop() {
        return loop;
    }
}
