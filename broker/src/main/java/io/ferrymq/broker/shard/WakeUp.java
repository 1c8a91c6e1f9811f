package io.ferrymq.broker.shard;

import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * One call at the earliest of all times that were asked for, with no more timers on the lane than needed, and one call for all
 * timers that are over. Lane only.
 */
final class WakeUp {
    /** A time that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    /** The longest wait in one go, so that a clock that is set forward is noticed. */
    private static final long WAIT_MILLIS_MAX = 60_000;

    /** When so many timers run, the next ones stand for less and less of the wait, so that there are never many more. */
    private static final int TIMERS_MANY = 16;

    private final Lane lane;
    private final LongSupplier clockMillis;
    private final Runnable action;
    /** When the lane's timers fire that were asked for and cannot be cancelled; the earliest first. */
    private final PriorityQueue<Long> timers = new PriorityQueue<>();

    WakeUp(Lane lane, LongSupplier clockMillis, Runnable action) {
        this.lane = lane;
        this.clockMillis = clockMillis;
        this.action = action;
    }

    /** Has the action run at that time, unless it runs earlier anyway and can ask again. */
    void at(long atMillis) {
        if (atMillis == NEVER) {
            return;
        }
        long now = clockMillis.getAsLong();
        long next = Math.clamp(atMillis, now + 1, now + WAIT_MILLIS_MAX);
        if (timers.isEmpty() || next < timers.peek()) {
            long timer = timers.size() < TIMERS_MANY ? next : now + Long.highestOneBit(next - now);
            timers.add(timer);
            lane.schedule(timer - now, () -> wake(timer));
        }
    }

    /** A timer fires; others may have fired with it, and have nothing left to do. */
    private void wake(long timerAtMillis) {
        if (!timers.remove(timerAtMillis)) {
            return;
        }
        long now = clockMillis.getAsLong();
        while (!timers.isEmpty() && timers.peek() <= now) {
            timers.remove();
        }
        action.run();
    }
}
