package io.ferrymq.tasks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one task.
 *
 * @param queue where calls go that name no other
 * @param retriesMax how often a failed call is tried again
 * @param retryFor the exceptions that are worth it; empty for only those that the task asks for itself
 * @param retryDelay before the first retry
 * @param retryDelayMax each retry waits up to twice as long as the one before, up to this
 * @param acknowledge when the broker may forget a call
 * @param softLimit after which a run is interrupted; null for none
 * @param hardLimit after which a run is given up; null for none
 * @param ignoreResult whether nobody wants to know how it ended
 * @param trackStarted whether callers are told when a run begins
 * @param resultBytesMax a call whose result is larger fails
 * @param storeResult how long the broker keeps the result for everybody; null for only telling the caller
 * @param uniqueFor how long there is at most one call with the same arguments that waits or runs; null for any number
 * @param workerLossesMax how often a call that is acknowledged late may have lost its worker before it is parked
 */
public record TaskOptions(
        String queue,
        int retriesMax,
        List<Class<? extends Throwable>> retryFor,
        Duration retryDelay,
        Duration retryDelayMax,
        Acknowledge acknowledge,
        @Nullable Duration softLimit,
        @Nullable Duration hardLimit,
        boolean ignoreResult,
        boolean trackStarted,
        int resultBytesMax,
        @Nullable Duration storeResult,
        @Nullable Duration uniqueFor,
        int workerLossesMax) {
    /** When the broker may forget a call. */
    public enum Acknowledge {
        /** When it begins to run: it runs at most once, and not at all if its worker dies. */
        EARLY,
        /** When it has ended: it runs again if its worker dies. */
        LATE
    }

    /** Celery's queue, three retries that the task asks for, acknowledged early. */
    public static final TaskOptions DEFAULTS = new Builder().build();

    public TaskOptions {
        retryFor = List.copyOf(retryFor);
        if (retriesMax < 0 || retryDelay.isNegative() || retryDelayMax.compareTo(retryDelay) < 0) {
            throw new IllegalArgumentException(
                    "retries, or the delay before them, are negative or the wrong way round");
        }
        if (resultBytesMax < 1 || workerLossesMax < 1 || isTooShort(storeResult) || isTooShort(uniqueFor)) {
            throw new IllegalArgumentException("results of no bytes, no lost workers, or no time");
        }
    }

    /** Brokers count in milliseconds, and nothing is kept for none. */
    private static boolean isTooShort(@Nullable Duration time) {
        return time != null && time.toMillis() < 1;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects rules, beginning with {@link #DEFAULTS}. One thread. */
    public static final class Builder {
        private String queue = "celery";
        private int retriesMax = 3;
        private final List<Class<? extends Throwable>> retryFor = new ArrayList<>();
        private Duration retryDelay = Duration.ofSeconds(1);
        private Duration retryDelayMax = Duration.ofMinutes(10);
        private Acknowledge acknowledge = Acknowledge.EARLY;
        private @Nullable Duration softLimit;
        private @Nullable Duration hardLimit;
        private boolean ignoreResult;
        private boolean trackStarted;
        private int resultBytesMax = 16 << 20;
        private @Nullable Duration storeResult;
        private @Nullable Duration uniqueFor;
        private int workerLossesMax = 3;

        private Builder() {}

        public Builder queue(String name) {
            queue = name;
            return this;
        }

        /** Tries a failed call again so often. */
        public Builder retriesMax(int times) {
            retriesMax = times;
            return this;
        }

        /** Tries again when this is thrown, too; may be called for several. */
        public Builder retryFor(Class<? extends Throwable> type) {
            retryFor.add(type);
            return this;
        }

        public Builder retryDelay(Duration first, Duration max) {
            retryDelay = first;
            retryDelayMax = max;
            return this;
        }

        public Builder acknowledge(Acknowledge when) {
            acknowledge = when;
            return this;
        }

        /** After this time a run is interrupted. */
        public Builder softLimit(Duration limit) {
            softLimit = limit;
            return this;
        }

        /** After this time a run is given up. */
        public Builder hardLimit(Duration limit) {
            hardLimit = limit;
            return this;
        }

        /** Sends no results. */
        public Builder ignoreResult() {
            ignoreResult = true;
            return this;
        }

        /** Tells callers when a run begins. */
        public Builder trackStarted() {
            trackStarted = true;
            return this;
        }

        /** Lets a call fail whose result is larger, as JSON. */
        public Builder resultBytesMax(int bytes) {
            resultBytesMax = bytes;
            return this;
        }

        /** Has the broker keep the result for so long, for whoever asks by the call's id: {@link Tasks#result}. */
        public Builder storeResult(Duration time) {
            storeResult = time;
            return this;
        }

        /**
         * Refuses a call while another with the same arguments waits or runs, for this time at most: {@link
         * DuplicateCallException}.
         */
        public Builder uniqueFor(Duration max) {
            uniqueFor = max;
            return this;
        }

        /** Parks a call that is acknowledged late when it has lost its worker more often; at least 1. */
        public Builder workerLossesMax(int times) {
            workerLossesMax = times;
            return this;
        }

        public TaskOptions build() {
            return new TaskOptions(
                    queue,
                    retriesMax,
                    retryFor,
                    retryDelay,
                    retryDelayMax,
                    acknowledge,
                    softLimit,
                    hardLimit,
                    ignoreResult,
                    trackStarted,
                    resultBytesMax,
                    storeResult,
                    uniqueFor,
                    workerLossesMax);
        }
    }
}
