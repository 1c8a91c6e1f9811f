package io.ferrymq.tasks.message;

import io.ferrymq.tasks.message.TaskMessage.FollowUp;
import io.ferrymq.tasks.message.TaskMessage.Lineage;
import io.ferrymq.tasks.message.TaskMessage.Timing;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Task messages on the wire. Version 2 is written; versions 1 and 2 are read.
 *
 * <pre>
 *   version 2   headers: id, task, root_id …      body: [args, kwargs, {callbacks, errbacks, chain, chord}]
 *   version 1   no header "task"                  body: {id, task, args, kwargs, callbacks …}
 * </pre>
 *
 * <p>Thread contract: stateless.
 */
public final class TaskMessageFormat {
    private static final String LANGUAGE = "py";

    /** Headers that belong to the protocol; all others are the caller's. */
    private static final Set<String> OWN_HEADERS = Set.of(
            "lang",
            "task",
            "id",
            "shadow",
            "eta",
            "expires",
            "group",
            "group_index",
            "retries",
            "timelimit",
            "root_id",
            "parent_id",
            "argsrepr",
            "kwargsrepr",
            "origin",
            "ignore_result",
            "replaced_task_nesting",
            "compression");

    private TaskMessageFormat() {}

    /**
     * Writes a message in version 2, compressed if its header {@code compression} says so.
     *
     * @throws IllegalArgumentException if an argument cannot be written as JSON, or the compression is not known
     */
    public static WireMessage encode(TaskMessage message) {
        FollowUp next = message.followUp();
        Map<String, @Nullable Object> embedded = new LinkedHashMap<>();
        embedded.put("callbacks", maps(next.callbacks()));
        embedded.put("errbacks", maps(next.errbacks()));
        embedded.put("chain", maps(next.chain()));
        embedded.put("chord", next.chord() == null ? null : next.chord().toMap());
        byte[] body = KombuJson.write(List.of(message.args(), message.kwargs(), embedded));
        return new WireMessage(
                WireMessage.JSON,
                WireMessage.UTF_8,
                headers(message),
                message.id(),
                message.replyTo(),
                message.priority(),
                true,
                null,
                MessageBody.packed(body, message.headers().get(MessageBody.COMPRESSION)));
    }

    private static @Nullable List<?> maps(List<Signature> signatures) {
        return signatures.isEmpty()
                ? null
                : signatures.stream().map(Signature::toMap).toList();
    }

    private static Map<String, @Nullable Object> headers(TaskMessage message) {
        Lineage lineage = message.lineage();
        Timing timing = message.timing();
        Map<String, @Nullable Object> headers = new LinkedHashMap<>(message.headers());
        headers.put("lang", LANGUAGE);
        headers.put("task", message.task());
        headers.put("id", message.id());
        headers.put("shadow", message.shadow());
        headers.put("eta", text(timing.eta()));
        headers.put("expires", text(timing.expires()));
        headers.put("group", lineage.groupId());
        headers.put("group_index", lineage.groupIndex());
        headers.put("retries", message.retries());
        headers.put("timelimit", Arrays.asList(timing.hardLimitSeconds(), timing.softLimitSeconds()));
        headers.put("root_id", lineage.rootId());
        headers.put("parent_id", lineage.parentId());
        headers.put("argsrepr", PythonRepr.ofTuple(message.args()));
        headers.put("kwargsrepr", PythonRepr.of(message.kwargs()));
        headers.put("origin", message.origin());
        headers.put("ignore_result", message.ignoreResult());
        headers.put("replaced_task_nesting", 0);
        return headers;
    }

    private static @Nullable String text(@Nullable OffsetDateTime moment) {
        return moment == null ? null : PythonTime.format(moment);
    }

    /**
     * Reads a message of either version.
     *
     * @throws BadMessageException if it is no task message, or has a content type that is not read here
     */
    public static TaskMessage decode(WireMessage wire) {
        Object body = MessageBody.read(wire);
        if (wire.headers().get("task") != null) {
            return decodeVersion2(wire, body);
        }
        Fields all = Fields.of(body, "a task message");
        return message(wire, all, all.list("args"), all.map("kwargs"), followUp(all));
    }

    private static TaskMessage decodeVersion2(WireMessage wire, @Nullable Object body) {
        if (!(body instanceof List<?> parts) || parts.size() != 3) {
            throw new BadMessageException("the body of a task message is no list of args, kwargs and embedded calls");
        }
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        named.put("args", parts.get(0));
        named.put("kwargs", parts.get(1));
        Fields arguments = Fields.of(named, "a task message");
        FollowUp followUp =
                parts.get(2) == null ? FollowUp.NONE : followUp(Fields.of(parts.get(2), "what follows a task"));
        Fields headers = Fields.of(wire.headers(), "a task message");
        return message(wire, headers, arguments.list("args"), arguments.map("kwargs"), followUp);
    }

    private static FollowUp followUp(Fields fields) {
        return new FollowUp(
                fields.signatures("callbacks"),
                fields.signatures("errbacks"),
                fields.signatures("chain"),
                fields.has("chord") ? Signature.fromMap(fields.value("chord")) : null);
    }

    private static TaskMessage message(
            WireMessage wire,
            Fields fields,
            List<@Nullable Object> args,
            Map<String, @Nullable Object> kwargs,
            FollowUp followUp) {
        String id = fields.text("id");
        String root = fields.textOrNull("root_id");
        String origin = fields.textOrNull("origin");
        return new TaskMessage(
                id,
                fields.text("task"),
                args,
                kwargs,
                new Lineage(
                        root == null ? id : root,
                        fields.textOrNull("parent_id"),
                        fields.textOrNull("group"),
                        fields.countOrNull("group_index")),
                timing(fields),
                followUp,
                wire.replyTo(),
                wire.priority(),
                fields.count("retries"),
                fields.truth("ignore_result"),
                fields.textOrNull("shadow"),
                origin == null ? "" : origin,
                ownHeaders(wire));
    }

    private static Timing timing(Fields fields) {
        List<@Nullable Object> limits = fields.list("timelimit");
        return new Timing(
                fields.moment("eta"),
                fields.moment("expires"),
                limits.size() > 1 ? seconds(limits.get(1)) : null,
                limits.isEmpty() ? null : seconds(limits.get(0)));
    }

    private static @Nullable Double seconds(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof Number number && number.doubleValue() >= 0) {
            return number.doubleValue();
        }
        throw new BadMessageException("a task message has a wrong timelimit: " + PythonRepr.of(value));
    }

    private static Map<String, @Nullable Object> ownHeaders(WireMessage wire) {
        Map<String, @Nullable Object> own = new LinkedHashMap<>(wire.headers());
        own.keySet().removeAll(OWN_HEADERS);
        return own;
    }
}
