package io.ferrymq.tasks.testkit;

import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.RequestException.Reason;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** An exchange of the kind direct, fanout or topic. On the lane. */
final class LocalExchange {
    private final Kind kind;
    private final Set<Binding> bindings = new LinkedHashSet<>();

    private enum Kind {
        DIRECT,
        FANOUT,
        TOPIC
    }

    LocalExchange(String type) {
        kind = switch (type) {
            case "direct" -> Kind.DIRECT;
            case "fanout" -> Kind.FANOUT;
            case "topic" -> Kind.TOPIC;
            default ->
                throw new RequestException(
                        Reason.INVALID, "the test kit has no exchanges of the type '" + type + "'", null);
        };
    }

    void bind(Binding binding) {
        bindings.add(binding);
    }

    void unbind(Binding binding) {
        bindings.remove(binding);
    }

    void forget(String queue) {
        bindings.removeIf(binding -> binding.queue().equals(queue));
    }

    /** The names of the queues that get a message, each once. */
    Set<String> queues(String routingKey) {
        Set<String> queues = new LinkedHashSet<>();
        for (Binding binding : bindings) {
            if (matches(binding.routingKey(), routingKey)) {
                queues.add(binding.queue());
            }
        }
        return queues;
    }

    private boolean matches(String pattern, String key) {
        return switch (kind) {
            case DIRECT -> pattern.equals(key);
            case FANOUT -> true;
            case TOPIC -> matches(words(pattern), words(key));
        };
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split("\\.", -1));
    }

    private static boolean matches(List<String> pattern, List<String> key) {
        if (pattern.isEmpty()) {
            return key.isEmpty();
        }
        String first = pattern.get(0);
        List<String> rest = pattern.subList(1, pattern.size());
        if (first.equals("#")) {
            return matches(rest, key) || (!key.isEmpty() && matches(pattern, key.subList(1, key.size())));
        }
        return !key.isEmpty()
                && (first.equals("*") || first.equals(key.get(0)))
                && matches(rest, key.subList(1, key.size()));
    }
}
