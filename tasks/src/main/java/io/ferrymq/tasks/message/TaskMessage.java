package io.ferrymq.tasks.message;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call of a task, as it travels from a caller to a worker.
 *
 * @param id unique; a retry keeps it
 * @param task the name that workers know the task by
 * @param replyTo the queue that results go to; empty for none
 * @param priority 0 to 255; what it means is the queue's to say
 * @param retries how often it was tried before
 * @param shadow another name to show in its place; null for none
 * @param origin who sent it, as {@code gen<pid>@<host>}
 * @param headers headers of the caller's own
 */
public record TaskMessage(
        String id,
        String task,
        List<@Nullable Object> args,
        Map<String, @Nullable Object> kwargs,
        Lineage lineage,
        Timing timing,
        FollowUp followUp,
        String replyTo,
        int priority,
        int retries,
        boolean ignoreResult,
        @Nullable String shadow,
        String origin,
        Map<String, @Nullable Object> headers) {
    /** The same call, to be tried once more from {@code eta} on. */
    public TaskMessage again(OffsetDateTime eta) {
        return new TaskMessage(
                id,
                task,
                args,
                kwargs,
                lineage,
                new Timing(eta, timing.expires, timing.softLimitSeconds, timing.hardLimitSeconds),
                followUp,
                replyTo,
                priority,
                retries + 1,
                ignoreResult,
                shadow,
                origin,
                headers);
    }

    /** The same call of another task, with other arguments. */
    public TaskMessage of(String otherTask, List<@Nullable Object> otherArgs) {
        return new TaskMessage(
                id,
                otherTask,
                otherArgs,
                Map.of(),
                lineage,
                timing,
                followUp,
                replyTo,
                priority,
                retries,
                ignoreResult,
                shadow,
                origin,
                headers);
    }

    /**
     * Where a call belongs.
     *
     * @param rootId the first call of the whole; the call's own id for that one
     * @param parentId the call whose worker made this one; null for none
     * @param groupId the group it is a member of; null for none
     * @param groupIndex its place in the group, from 0; null for none
     */
    public record Lineage(
            String rootId,
            @Nullable String parentId,
            @Nullable String groupId,
            @Nullable Integer groupIndex) {
        /** That of a call which nothing led to. */
        public static Lineage root(String id) {
            return new Lineage(id, null, null, null);
        }
    }

    /**
     * When it may run and for how long.
     *
     * @param eta not before; null for at once
     * @param expires not after; null for whenever
     * @param softLimitSeconds after which it is interrupted; null for the worker's own limit
     * @param hardLimitSeconds after which it is given up; null for the worker's own limit
     */
    public record Timing(
            @Nullable OffsetDateTime eta,
            @Nullable OffsetDateTime expires,
            @Nullable Double softLimitSeconds,
            @Nullable Double hardLimitSeconds) {
        public static final Timing AT_ONCE = new Timing(null, null, null, null);
    }

    /**
     * What comes next.
     *
     * @param callbacks called with the result
     * @param errbacks called when it fails
     * @param chain what is left of its chain, the next step last
     * @param chord what is called when all members of its group are done; null for nothing
     */
    public record FollowUp(
            List<Signature> callbacks,
            List<Signature> errbacks,
            List<Signature> chain,
            @Nullable Signature chord) {
        public static final FollowUp NONE = new FollowUp(List.of(), List.of(), List.of(), null);
    }
}
