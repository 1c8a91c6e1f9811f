package io.ferrymq.broker.topology;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the things of a topology take on the heap, entries of all tables that they stand in included: estimates in bytes.
 * That of a queue was measured with a hundred thousand of them.
 */
final class ObjectBytes {
    private static final int VHOST = 4_000;
    private static final int EXCHANGE = 500;
    private static final int QUEUE = 1_250;
    private static final int BINDING = 600;
    private static final long TEXT = 40;
    private static final int ARGUMENT = 120;
    private static final int ARGUMENT_DEPTH_MAX = 8;

    private ObjectBytes() {}

    static long of(VhostSpec spec) {
        return VHOST + text(spec.name()) + text(spec.description());
    }

    static long of(ExchangeSpec spec) {
        return EXCHANGE + text(spec.name()) + table(spec.arguments(), 0);
    }

    static long of(QueueSpec spec) {
        return QUEUE + text(spec.name()) + table(spec.arguments().values(), 0);
    }

    /** Routing keeps the words of a key once more. */
    static long of(Binding binding) {
        return BINDING
                + text(binding.source())
                + text(binding.destination())
                + 2 * text(binding.routingKey())
                + table(binding.arguments(), 0);
    }

    private static long text(String text) {
        return TEXT + text.length();
    }

    private static long table(Map<String, ?> table, int depth) {
        long bytes = 0;
        for (Map.Entry<String, ?> entry : table.entrySet()) {
            bytes += ARGUMENT + text(entry.getKey()) + value(entry.getValue(), depth);
        }
        return bytes;
    }

    private static long value(@Nullable Object value, int depth) {
        if (depth > ARGUMENT_DEPTH_MAX) {
            return ARGUMENT;
        }
        return switch (value) {
            case CharSequence text -> TEXT + text.length();
            case byte[] octets -> TEXT + octets.length;
            case Map<?, ?> table -> members(table.values(), depth) + members(table.keySet(), depth);
            case Iterable<?> list -> members(list, depth);
            case null, default -> TEXT;
        };
    }

    private static long members(Iterable<?> values, int depth) {
        long bytes = 0;
        for (Object value : values) {
            bytes += ARGUMENT + value(value, depth + 1);
        }
        return bytes;
    }
}
