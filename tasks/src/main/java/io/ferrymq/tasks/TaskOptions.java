package io.ferrymq.tasks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one task.
 *
 * @param queue where calls go that name no other
 * @param calls what calls say whose caller says nothing
 * @param retries when and how often a failed call is tried again
 * @param listener hears what became of its calls
 * @param acknowledge when the broker may forget a call
 * @param softLimit after which a run is interrupted; null for none
 * @param hardLimit after which a run is given up; null for none
 * @param rateLimit how many calls each worker begins in a time; null for as many as it can
 * @param ignoreResult whether nobody wants to know how it ended
 * @param trackStarted whether callers are told when a run begins
 * @param resultBytesMax a call whose result is larger fails
 * @param storeResult how long the broker keeps the result for everybody; null for only telling the caller
 * @param uniqueFor how long there is at most one call with the same arguments that waits or runs; null for any number
 * @param workerLossesMax how often a call that is acknowledged late may have lost its worker before it is parked
 */
public record TaskOptions(
        String queue,
        CallDefaults calls,
        RetryRules retries,
        TaskListener listener,
        Acknowledge acknowledge,
        @Nullable Duration softLimit,
        @Nullable Duration hardLimit,
        @Nullable RateLimit rateLimit,
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
        private @Nullable Duration expires;
        private @Nullable Integer priority;
        private final Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        private int retriesMax = 3;
        private final List<Class<? extends Throwable>> retryFor = new ArrayList<>();
        private final List<Class<? extends Throwable>> dontRetryFor = new ArrayList<>();
        private Duration retryDelay = Duration.ofSeconds(1);
        private Duration retryDelayMax = Duration.ofMinutes(10);
        private RetryRules.Jitter retryJitter = RetryRules.Jitter.FULL;
        private TaskListener listener = TaskListener.NONE;
        private Acknowledge acknowledge = Acknowledge.EARLY;
        private @Nullable Duration softLimit;
        private @Nullable Duration hardLimit;
        private @Nullable RateLimit rateLimit;
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

        /** After this time a call is not to run any more, counted from when it is sent. */
        public Builder expires(Duration after) {
            expires = after;
            return this;
        }

        /** From 0 to 255. What it means is the queue's to say: it must have been declared with priorities. */
        public Builder priority(int value) {
            priority = value;
            return this;
        }

        /** A header of each call; may be called for several. */
        public Builder header(String name, @Nullable Object value) {
            headers.put(name, value);
            return this;
        }

        /** Hears what became of its calls. */
        public Builder listener(TaskListener hears) {
            listener = hears;
            return this;
        }

        /** Tries a failed call again so often; {@link RetryRules#UNLIMITED} for until it succeeds. */
        public Builder retriesMax(int times) {
            retriesMax = times;
            return this;
        }

        /** Tries again when this is thrown, too; may be called for several. */
        public Builder retryFor(Class<? extends Throwable> type) {
            retryFor.add(type);
            return this;
        }

        /** Not when this is thrown, although {@link #retryFor} says so; may be called for several. */
        public Builder dontRetryFor(Class<? extends Throwable> type) {
            dontRetryFor.add(type);
            return this;
        }

        /** Waits before the first retry, and up to twice as long before each that follows. */
        public Builder retryDelay(Duration first, Duration max) {
            retryDelay = first;
            retryDelayMax = max;
            return this;
        }

        /** Whether a retry comes after exactly its delay, or at any time up to then. */
        public Builder retryJitter(RetryRules.Jitter jitter) {
            retryJitter = jitter;
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

        /** How many calls each worker begins in a time, as {@code 10/s}, {@code 100/m} or {@code 10/h}. */
        public Builder rateLimit(String limit) {
            rateLimit = RateLimit.parse(limit);
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
                    new CallDefaults(expires, priority, headers),
                    new RetryRules(retriesMax, retryFor, dontRetryFor, retryDelay, retryDelayMax, retryJitter),
                    listener,
                    acknowledge,
                    softLimit,
                    hardLimit,
                    rateLimit,
                    ignoreResult,
                    trackStarted,
                    resultBytesMax,
                    storeResult,
                    uniqueFor,
                    workerLossesMax);
        }
    }
}
