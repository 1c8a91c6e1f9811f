package io.ferrymq.broker.queue;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.function.LongConsumer;

/** How often messages failed, by sequence; only those that did. */
final class Failures {
    private final SequenceMap bySequence;

    Failures(LongConsumer held) {
        this.bySequence = new SequenceMap(held);
    }

    int of(long sequence) {
        return (int) bySequence.get(sequence, 0);
    }

    void put(long sequence, int count) {
        bySequence.put(sequence, count);
    }

    void remove(long sequence) {
        bySequence.remove(sequence);
    }

    long memoryBytes() {
        return bySequence.memoryBytes();
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
