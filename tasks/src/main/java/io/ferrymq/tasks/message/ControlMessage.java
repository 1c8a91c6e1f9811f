package io.ferrymq.tasks.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command to workers, as Celery's remote control sends it.
 *
 * @param destination the workers it is for; null for all
 * @param pattern a pattern of their names in place of that; null for none
 * @param ticket what an answer carries to be recognised; null if none is wanted
 * @param replyExchange where answers go; null for nowhere
 */
public record ControlMessage(
        String method,
        Map<String, @Nullable Object> arguments,
        @Nullable List<String> destination,
        @Nullable NamePattern pattern,
        @Nullable String ticket,
        @Nullable String replyExchange,
        @Nullable String replyKey) {
    /**
     * Reads a command.
     *
     * @throws BadMessageException if it is none
     */
    public static ControlMessage decode(WireMessage wire) {
        Fields fields = Fields.of(MessageBody.read(wire), "a command");
        Fields reply = Fields.of(fields.map("reply_to"), "a command's reply_to");
        return new ControlMessage(
                fields.text("method"),
                fields.map("arguments"),
                fields.has("destination") ? destination(fields) : null,
                fields.has("pattern") ? pattern(fields) : null,
                fields.textOrNull("ticket"),
                reply.textOrNull("exchange"),
                reply.textOrNull("routing_key"));
    }

    private static List<String> destination(Fields fields) {
        Object value = fields.value("destination");
        if (value instanceof String one) {
            return List.of(one);
        }
        List<String> names = new ArrayList<>();
        fields.list("destination").forEach(name -> names.add(String.valueOf(name)));
        return names;
    }

    private static NamePattern pattern(Fields fields) {
        String pattern = fields.text("pattern");
        return "pcre".equals(fields.textOrNull("matcher")) ? NamePattern.of(pattern) : NamePattern.ofGlob(pattern);
    }

    /** Whether a worker of that name is meant. */
    public boolean isFor(String worker) {
        if (destination != null) {
            return destination.contains(worker);
        }
        return pattern == null || pattern.matches(worker);
    }
}
