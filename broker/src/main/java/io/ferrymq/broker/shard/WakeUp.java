package io.ferrymq.broker.shard;

import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/** One call at the earliest of all times that were asked for, with no more timers on the lane than needed. Lane only. */
final class WakeUp {
    /** A time that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    /** The longest wait in one go, so that a clock that is set forward is noticed. */
    private static final long WAIT_MILLIS_MAX = 60_000;

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
            timers.add(next);
            lane.schedule(next - now, () -> wake(next));
        }
    }

    private void wake(long timerAtMillis) {
        timers.remove(timerAtMillis);
        action.run();
    }
}
