package io.ferrymq.wire;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One thread and what waits to run on it: the sockets' events first, then tasks, in turns without end.
 *
 * <p>Thread contract: {@link #execute}, {@link #inLane} and {@link #schedule} from any thread; the others on the lane.
 * Tasks of one caller run in the order in which they were given. A task must not block: everything else on this lane
 * waits for it. Nor may it throw: what only one connection has to do with is caught where that is known, and anything
 * else ends the process.
 */
public final class Lane implements Executor {
    private final EventLoop loop;
    private final Ticker ticker;
    private final long originNanos;
    private final ReadBudget reads = new ReadBudget(this);

    /** Told of what nobody on this lane may go on after. Published by whoever assembles the process, read by the lane. */
    private volatile Consumer<Throwable> fatal = cause -> {};

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

    /** Who ends the process when something on this lane has failed that is nobody's own. */
    public void onBroken(Consumer<Throwable> end) {
        fatal = end;
    }

    /** Something has failed that may have struck any state on this lane: ends the process, or returns what to throw on. */
    RuntimeException broken(Throwable cause) {
        fatal.accept(cause);
        return cause instanceof RuntimeException thrown ? thrown : new IllegalStateException(cause);
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            throw broken(e);
        }
    }

    /** Whether the caller is on this lane's thread. */
    public boolean inLane() {
        return loop.inEventLoop();
    }

    /** Runs the task on the lane, after what already waits; never at once, even when the caller is on the lane. */
    @Override
    public void execute(Runnable task) {
        loop.execute(() -> run(task));
    }

    /** Runs the task on the lane after at least {@code delayMillis}. */
    public Alarm schedule(long delayMillis, Runnable task) {
        Future<?> future = loop.schedule(() -> run(task), delayMillis, TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    /**
     * Runs the task when this turn's events and tasks are done. What many of them touched is flushed once here: the
     * journal, and the connections that were written to.
     */
    public void atTurnEnd(Runnable task) {
        if (loop instanceof SingleThreadEventLoop turns) {
            turns.executeAfterEventLoopIteration(() -> run(task));
        } else {
            execute(task);
        }
    }

    /**
     * Runs the task in the next turn, after the sockets' events. A task that goes on and on by {@link #execute} would keep
     * the sockets waiting, because a turn runs tasks until none is left.
     */
    public void nextTurn(Runnable task) {
        atTurnEnd(() -> execute(task));
    }

    /** Milliseconds since this lane began, monotonic. Each call reads the clock: once for a burst, not for a message. */
    public long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(ticker.nanoTime() - originNanos);
    }

    /** Nanoseconds on the same clock, to measure how long something takes. */
    long nowNanos() {
        return ticker.nanoTime() - originNanos;
    }

    /** What connections may have done with what they read. */
    ReadBudget reads() {
        return reads;
    }

    EventLoop loop() {
        return loop;
    }
}
