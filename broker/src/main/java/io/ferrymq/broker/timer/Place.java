package io.ferrymq.broker.timer;

import io.ferrymq.broker.message.ValueCodec;
import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * One of very many places that a message still has to be written for, each with a record of its own.
 *
 * <pre>
 *   places:  varint count, then that many of: u8 kind, then
 *     0      text exchange, varint due      it waits at an exchange
 *     1      varint queue, varint due       it waits at a queue
 *     2      varint queue                   the queue refused it and wants it dead-lettered
 * </pre>
 */
public sealed interface Place {
    int AT_EXCHANGE = 0;
    int AT_QUEUE = 1;
    int REFUSED = 2;

    /** An exchange that holds it until a time. */
    record AtExchange(String exchange, long dueMillis) implements Place {}

    /** A queue that holds it until a time; by its number in the log. */
    record AtQueue(long queue, long dueMillis) implements Place {}

    /** A queue that refused it and wants it dead-lettered; by its number in the log. */
    record Refused(long queue) implements Place {}

    static void encode(ByteBuf out, List<? extends Place> places) {
        Varint.write(out, places.size());
        for (Place place : places) {
            encode(out, place);
        }
    }

    private static void encode(ByteBuf out, Place place) {
        switch (place) {
            case AtExchange at -> {
                out.writeByte(AT_EXCHANGE);
                ValueCodec.writeText(out, at.exchange);
                Varint.write(out, at.dueMillis);
            }
            case AtQueue at -> {
                out.writeByte(AT_QUEUE);
                Varint.write(out, at.queue);
                Varint.write(out, at.dueMillis);
            }
            case Refused by -> {
                out.writeByte(REFUSED);
                Varint.write(out, by.queue);
            }
        }
    }

    static List<Place> decode(ByteBuf in) {
        int count = Varint.readCount(in, 2);
        List<Place> places = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            places.add(decodeOne(in));
        }
        return places;
    }

    private static Place decodeOne(ByteBuf in) {
        int kind = in.readByte();
        return switch (kind) {
            case AT_EXCHANGE -> new AtExchange(ValueCodec.readText(in), Varint.read(in));
            case AT_QUEUE -> new AtQueue(Varint.read(in), Varint.read(in));
            case REFUSED -> new Refused(Varint.read(in));
            default -> throw new IllegalArgumentException("a message goes to no place of kind " + kind);
        };
    }
}
