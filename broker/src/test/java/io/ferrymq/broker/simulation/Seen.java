package io.ferrymq.broker.simulation;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.MessageView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a consumer saw of one delivery. */
record Seen(
        int id,
        boolean intact,
        boolean redelivered,
        int failedDeliveries,
        boolean persistent,
        int priority,
        @Nullable String diedIn,
        Death.@Nullable Reason reason) {

    static Seen of(Delivery delivery) {
        MessageView message = delivery.message();
        ByteBuf body = message.buffer().slice(message.bodyOffset(), message.bodyLength());
        String header =
                message.buffer().toString(message.headerOffset(), message.headerLength(), StandardCharsets.UTF_8);
        int id = body.getInt(0);
        History history = message.history();
        Death newest = history == null ? null : history.deaths().getFirst();
        return new Seen(
                id,
                header.equals(header(id)) && body.equals(body(id)),
                delivery.redelivered(),
                delivery.failedDeliveries(),
                message.persistent(),
                message.priority(),
                newest == null ? null : newest.queue(),
                newest == null ? null : newest.reason());
    }

    /** The body of a message: its id, and a length and bytes that follow from it. */
    static ByteBuf body(int id) {
        int length = id % 17 == 0 ? 2_500 : id * 7 % 200;
        ByteBuf body = Unpooled.buffer(4 + length).writeInt(id);
        for (int i = 0; i < length; i++) {
            body.writeByte(id + i);
        }
        return body;
    }

    static String header(int id) {
        return "message_id=" + id;
    }
}
