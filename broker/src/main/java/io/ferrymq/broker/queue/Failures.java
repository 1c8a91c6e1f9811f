package io.ferrymq.broker.queue;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;

/** How often messages failed, by sequence; only those that did. */
final class Failures {
    private final Map<Long, Integer> bySequence = new HashMap<>();

    int of(long sequence) {
        return bySequence.isEmpty() ? 0 : bySequence.getOrDefault(sequence, 0);
    }

    void put(long sequence, int count) {
        bySequence.put(sequence, count);
    }

    void remove(long sequence) {
        if (!bySequence.isEmpty()) {
            bySequence.remove(sequence);
        }
    }

    /** varint count, then for each: varint sequence, varint failures. */
    void encode(ByteBuf out) {
        Varint.write(out, bySequence.size());
        bySequence.forEach((sequence, count) -> {
            Varint.write(out, sequence);
            Varint.write(out, count);
        });
    }

    void decode(ByteBuf in) {
        int count = Varint.readInt(in);
        for (int i = 0; i < count; i++) {
            bySequence.put(Varint.read(in), Varint.readInt(in));
        }
    }
}
