package io.ferrymq.tasks.schedule;

import java.time.Clock;

/**
 * How a scheduler works.
 *
 * @param queue where the schedules are: schedulers of the same queue take turns
 * @param clock what time it is
 */
public record SchedulerOptions(String queue, Clock clock) {
    /** The queue of {@link Schedules#of}. */
    public static final String QUEUE = "ferry.schedules";

    public static SchedulerOptions defaults() {
        return new SchedulerOptions(QUEUE, Clock.systemUTC());
    }

    public SchedulerOptions onQueue(String name) {
        return new SchedulerOptions(name, clock);
    }

    public SchedulerOptions withClock(Clock other) {
        return new SchedulerOptions(queue, other);
    }
}
