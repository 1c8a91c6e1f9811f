package io.ferrymq.broker.shard;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.message.MessageRecord;
import io.ferrymq.broker.message.MessageView;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.log.LargeBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Private addresses that replies are sent straight to, without a queue. They are gone with the process. Lane only. */
final class ReplyAddresses {
    static final String PREFIX = "amq.rabbitmq.reply-to.";

    /** Whoever takes a shorter body copies it. */
    private static final int COPIED_BYTES_MAX = 16 << 10;

    private final Map<String, DeliverySink> byName = new HashMap<>();
    private final Supplier<String> tokens;

    ReplyAddresses(Supplier<String> tokens) {
        this.tokens = tokens;
    }

    String open(DeliverySink sink) {
        String name = PREFIX + tokens.get();
        byName.put(name, sink);
        return name;
    }

    void close(String name) {
        byName.remove(name);
    }

    boolean exists(String name) {
        return byName.containsKey(name);
    }

    /** Hands a reply to whoever listens at its routing key. */
    void send(Publication reply) {
        DeliverySink sink = byName.get(reply.routingKey());
        if (sink == null || !sink.hasCredit()) {
            reply.decided(Publication.Outcome.UNROUTED, 0);
            return;
        }
        ByteBuf record = Unpooled.buffer(256 + reply.header().readableBytes());
        MessageRecord.begin(record, reply, null, false, 0);
        MessageRecord.end(record, reply, null, false, 0);
        ByteBuf whole = Unpooled.wrappedBuffer(record, kept(reply.body()));
        try {
            StoredMessage message = new StoredMessage();
            message.wrap(whole, 0, whole.readableBytes());
            sink.deliver(new Reply(message));
            reply.decided(Publication.Outcome.ACCEPTED, 0);
        } finally {
            whole.release();
        }
    }

    /** A reply may wait for its receiver, and all the memory with it that its body is a part of. */
    private static ByteBuf kept(ByteBuf body) {
        return body.readableBytes() < COPIED_BYTES_MAX ? body.retainedSlice() : LargeBody.keep(body);
    }

    private record Reply(MessageView message) implements Delivery {
        @Override
        public boolean redelivered() {
            return false;
        }

        @Override
        public int failedDeliveries() {
            return -1;
        }

        @Override
        public @Nullable DeliverySource source() {
            return null;
        }

        @Override
        public long messagesLeft() {
            return 0;
        }
    }
}
