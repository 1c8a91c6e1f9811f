package io.ferrymq.tasks.schedule;

import io.ferrymq.tasks.message.Signature;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry as the scheduler has it.
 *
 * @param call what it calls
 * @param next when it fires next; null if it is paused
 * @param last when it fired last; null if it never did
 * @param history its newest firings, the newest last
 */
public record ScheduleStatus(
        String name,
        Schedule schedule,
        Signature call,
        MissedRuns missed,
        boolean paused,
        @Nullable Instant next,
        @Nullable Instant last,
        List<Firing> history) {
    public ScheduleStatus {
        history = List.copyOf(history);
    }
}
