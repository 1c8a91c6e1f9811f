package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class NearestExecutorTest {
    private static final long SHORT_NANOS_MAX = 1_000;

    private final Queue<Runnable> thread = new ArrayDeque<>();
    private long nowNanos;

    @Test
    void runsTasksHereWhileTheyAreShortAndOnTheThreadAfterALongOne() {
        NearestExecutor executor = new NearestExecutor(thread::add, () -> nowNanos, SHORT_NANOS_MAX);
        assertThat(ranHere(executor, 100)).as("nothing is known yet").isFalse();
        int learnt = tasksUntilHere(executor);
        assertThat(learnt).isBetween(1, 20);

        assertThat(ranHere(executor, 50 * SHORT_NANOS_MAX))
                .as("not known to be long")
                .isTrue();
        assertThat(ranHere(executor, 100)).as("after a long one").isFalse();
        assertThat(tasksUntilHere(executor)).isGreaterThan(learnt).isLessThan(100);
    }

    @Test
    void runsNoTaskHereIfNoneMayBe() {
        NearestExecutor executor = new NearestExecutor(thread::add, () -> nowNanos, 0);
        for (int i = 0; i < 100; i++) {
            assertThat(ranHere(executor, 0)).isFalse();
        }
    }

    private int tasksUntilHere(NearestExecutor executor) {
        int tasks = 1;
        while (!ranHere(executor, 100)) {
            tasks++;
        }
        return tasks;
    }

    /** Executes a task that takes some time; whether that was done before the call returned. */
    private boolean ranHere(NearestExecutor executor, long nanos) {
        long before = nowNanos;
        executor.execute(() -> nowNanos += nanos);
        boolean here = thread.isEmpty();
        if (!here) {
            thread.remove().run();
        }
        assertThat(nowNanos).isEqualTo(before + nanos);
        return here;
    }
}
