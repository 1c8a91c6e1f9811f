package io.ferrymq.tasks.message;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a task, so far.
 *
 * @param result what it returned; what is known of the worker, when it is started; an {@link Problem} when it failed,
 *     is tried again or was revoked
 * @param traceback where it failed, as text; null if it did not
 * @param children tasks that it called, as Celery lists them
 */
public record ResultMessage(
        String taskId,
        TaskState state,
        @Nullable Object result,
        @Nullable String traceback,
        List<@Nullable Object> children,
        @Nullable String groupId,
        @Nullable String parentId) {
    /**
     * Why a task failed.
     *
     * @param type name of the exception's class, such as {@code ValueError}
     * @param arguments what the exception was made with; mostly one text
     * @param module where that class is; null if unknown
     */
    public record Problem(
            String type,
            List<@Nullable Object> arguments,
            @Nullable String module) {
        /** Why a chord's body is not called. */
        public static Problem ofChord(String reason) {
            return new Problem("ChordError", List.of(reason), "celery.exceptions");
        }

        /**
         * That a member of a chord failed.
         *
         * @param memberId the call that failed
         * @param reason null if it is not known
         */
        public static Problem ofMember(String memberId, @Nullable String reason) {
            return ofChord("Dependency " + memberId + (reason == null ? " failed" : " raised " + reason));
        }

        /** One line for people. */
        public String message() {
            if (arguments.isEmpty()) {
                return type;
            }
            Object first = arguments.get(0);
            return type + ": " + (first instanceof String text ? text : PythonRepr.of(first));
        }
    }

    /** That a worker runs it. */
    public static ResultMessage started(TaskMessage task, String worker) {
        return of(task, TaskState.STARTED, Map.of("pid", ProcessHandle.current().pid(), "hostname", worker), null);
    }

    /**
     * The end of a task that returned.
     *
     * @param childIds the calls that it led to
     */
    public static ResultMessage success(TaskMessage task, @Nullable Object result, List<String> childIds) {
        List<@Nullable Object> children = new ArrayList<>();
        childIds.forEach(id -> children.add(Arrays.asList(Arrays.asList(id, null), null)));
        return new ResultMessage(
                task.id(),
                TaskState.SUCCESS,
                result,
                null,
                children,
                task.lineage().groupId(),
                task.lineage().parentId());
    }

    /** The ids of the calls that it led to, of those that are no groups. */
    public List<String> childIds() {
        List<String> ids = new ArrayList<>();
        for (Object child : children) {
            // [[id, parent], null]
            if (child instanceof List<?> pair
                    && !pair.isEmpty()
                    && pair.get(0) instanceof List<?> named
                    && !named.isEmpty()
                    && named.get(0) instanceof String id) {
                ids.add(id);
            }
        }
        return ids;
    }

    /** The end, or a step, of a task that did not. */
    public static ResultMessage problem(
            TaskMessage task, TaskState state, Problem problem, @Nullable String traceback) {
        return of(task, state, problem, traceback);
    }

    /** The end of a call of which no more is known. */
    public static ResultMessage failure(String taskId, Problem problem) {
        return new ResultMessage(taskId, TaskState.FAILURE, problem, null, List.of(), null, null);
    }

    private static ResultMessage of(
            TaskMessage task, TaskState state, @Nullable Object result, @Nullable String traceback) {
        return new ResultMessage(
                task.id(),
                state,
                result,
                traceback,
                List.of(),
                task.lineage().groupId(),
                task.lineage().parentId());
    }
}
