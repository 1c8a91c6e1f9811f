package io.ferrymq.tasks.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until somebody advances it. What becomes due on the way happens then, in the order of time, on
 * the thread of whoever advances: calls with an eta and retries wait no more, runs go over their limits, timers fire. Calls
 * that are due are run by the {@link TestWorker}, not by the clock.
 */
public final class TestClock extends Clock {
    private final Runnable moved;
    private final AtomicLong numbers = new AtomicLong();
    private final ConcurrentSkipListSet<TimerEntry<?>> agenda = new ConcurrentSkipListSet<>();

    /** Written by who advances, read by all. */
    private volatile Instant now;

    /** @param moved is run when time has passed */
    TestClock(Instant start, Runnable moved) {
        this.now = start;
        this.moved = moved;
    }

    /** Lets time pass. */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time does not pass backwards: " + time);
        }
        Instant end = now.plus(time);
        for (TimerEntry<?> next = nextUntil(end); next != null; next = nextUntil(end)) {
            if (next.at().isAfter(now)) {
                now = next.at();
            }
            next.run();
        }
        now = end;
        moved.run();
    }

    /** Lets time pass until a moment. */
    public void advanceTo(Instant moment) {
        advance(Duration.between(now, moment));
    }

    private @Nullable TimerEntry<?> nextUntil(Instant end) {
        TimerEntry<?> first = agenda.isEmpty() ? null : agenda.first();
        return first != null && !first.at().isAfter(end) && agenda.remove(first) ? first : null;
    }

    ScheduledExecutorService timer() {
        return new HandTimer(this);
    }

    long nextNumber() {
        return numbers.incrementAndGet();
    }

    void add(TimerEntry<?> entry) {
        agenda.add(entry);
    }

    void remove(TimerEntry<?> entry) {
        agenda.remove(entry);
    }

    void removeAll(HandTimer timer) {
        agenda.removeIf(entry -> entry.isOf(timer));
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /** The time of now, in a zone; it does not go along when this clock is advanced. */
    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.fixed(now, zone);
    }
}
