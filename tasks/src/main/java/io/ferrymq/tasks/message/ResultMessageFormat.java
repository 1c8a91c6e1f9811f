package io.ferrymq.tasks.message;

import io.ferrymq.tasks.message.ResultMessage.Problem;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Results on the wire, as Celery's {@code rpc://} backend sends them: one JSON object, to the default exchange with the
 * caller's queue as routing key.
 *
 * <p>Thread contract: stateless.
 */
public final class ResultMessageFormat {
    private ResultMessageFormat() {}

    /**
     * Writes a result.
     *
     * @param replyTo the queue that it goes to
     * @throws IllegalArgumentException if the result cannot be written as JSON
     */
    public static WireMessage encode(ResultMessage message, String replyTo) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("task_id", message.taskId());
        body.put("status", message.state().name());
        body.put("result", message.result() instanceof Problem problem ? toMap(problem) : message.result());
        body.put("traceback", message.traceback());
        body.put("children", message.children());
        if (message.groupId() != null) {
            body.put("group_id", message.groupId());
        }
        if (message.parentId() != null) {
            body.put("parent_id", message.parentId());
        }
        return new WireMessage(
                WireMessage.JSON,
                WireMessage.UTF_8,
                Map.of(),
                message.taskId(),
                replyTo,
                0,
                false,
                null,
                KombuJson.write(body));
    }

    private static Map<String, @Nullable Object> toMap(Problem problem) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("exc_type", problem.type());
        map.put("exc_message", problem.arguments());
        map.put("exc_module", problem.module());
        return map;
    }

    /**
     * Reads a result.
     *
     * @throws BadMessageException if it is no result
     */
    public static ResultMessage decode(WireMessage wire) {
        Fields fields = Fields.of(MessageBody.read(wire), "a result");
        TaskState state = state(fields.text("status"));
        Object result = fields.value("result");
        return new ResultMessage(
                fields.text("task_id"),
                state,
                describesProblem(state) ? problem(result) : result,
                fields.textOrNull("traceback"),
                fields.list("children"),
                fields.textOrNull("group_id"),
                fields.textOrNull("parent_id"));
    }

    private static TaskState state(String name) {
        return Arrays.stream(TaskState.values())
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BadMessageException("a result of the unknown state " + PythonRepr.of(name)));
    }

    private static boolean describesProblem(TaskState state) {
        return switch (state) {
            case FAILURE, RETRY, REVOKED, REJECTED -> true;
            case PENDING, RECEIVED, STARTED, SUCCESS, IGNORED -> false;
        };
    }

    private static Problem problem(@Nullable Object result) {
        if (!(result instanceof Map<?, ?>)) {
            return new Problem("Exception", result == null ? List.of() : List.of(result), null);
        }
        Fields fields = Fields.of(result, "a failure");
        Object message = fields.value("exc_message");
        List<@Nullable Object> arguments = message instanceof List<?> ? fields.list("exc_message") : single(message);
        String type = fields.textOrNull("exc_type");
        return new Problem(type == null ? "Exception" : type, arguments, fields.textOrNull("exc_module"));
    }

    private static List<@Nullable Object> single(@Nullable Object value) {
        return value == null ? List.of() : List.of(value);
    }
}
