package io.ferrymq.broker.topology;

import io.ferrymq.broker.message.HeapBytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the things of a topology take on the heap, entries of all tables that they stand in included: estimates in bytes.
 * That of a queue was measured with a hundred thousand of them.
 */
public final class ObjectBytes {
    private static final int VHOST = 4_000;
    private static final int EXCHANGE = 500;
    private static final int QUEUE = 1_400;
    private static final int BINDING = 600;
    private static final long VALUE = 40;
    private static final int ARGUMENT = 120;

    private ObjectBytes() {}

    static long of(VhostSpec spec) {
        return VHOST + text(spec.name()) + text(spec.description());
    }

    static long of(ExchangeSpec spec) {
        return EXCHANGE + text(spec.name()) + table(spec.arguments());
    }

    /** The name is in the queue, in tables, and in the words for it. */
    static long of(QueueSpec spec) {
        return QUEUE + 4 * text(spec.name()) + table(spec.arguments().values());
    }

    /** Routing keeps the words of a key once more. */
    static long of(Binding binding) {
        return BINDING
                + text(binding.source())
                + text(binding.destination())
                + 2 * text(binding.routingKey())
                + table(binding.arguments());
    }

    /** A table of arguments that is kept as it came. */
    public static long ofArguments(Map<String, ?> arguments) {
        return table(arguments);
    }

    private static long text(String text) {
        return HeapBytes.ofText(text);
    }

    /** However deep it is nested: what is inside waits its turn, so nothing recurses with what a client sends. */
    private static long table(Map<String, ?> table) {
        Deque<Iterable<?>> pending = new ArrayDeque<>();
        long bytes = 0;
        for (Map.Entry<String, ?> entry : table.entrySet()) {
            bytes += ARGUMENT + text(entry.getKey()) + value(entry.getValue(), pending);
        }
        while (!pending.isEmpty()) {
            for (Object member : pending.pop()) {
                bytes += ARGUMENT + value(member, pending);
            }
        }
        return bytes;
    }

    /** The members of a value that has some are {@code pending} then. */
    private static long value(@Nullable Object value, Deque<Iterable<?>> pending) {
        return switch (value) {
            case CharSequence text -> HeapBytes.ofText(text);
            case byte[] octets -> VALUE + octets.length;
            case Map<?, ?> table -> {
                pending.push(table.keySet());
                pending.push(table.values());
                yield VALUE;
            }
            case Iterable<?> list -> {
                pending.push(list);
                yield VALUE;
            }
            case null, default -> VALUE;
        };
    }
}
