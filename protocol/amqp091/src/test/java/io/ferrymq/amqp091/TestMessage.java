package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.MessageView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A message that a queue hands out, and its own delivery. */
record TestMessage(
        String exchange,
        String routingKey,
        ByteBuf header,
        ByteBuf body,
        boolean redelivered,
        int failedDeliveries,
        @Nullable History history,
        @Nullable Unsettled unsettled)
        implements Delivery {

    /** Without properties, to be settled; its name in the calls of {@link RecordingLink} is its body. */
    static TestMessage of(String body) {
        ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
        return new TestMessage(
                "ex",
                "key",
                BasicProperties.NONE,
                bytes,
                false,
                -1,
                null,
                new Open(body, bytes.readableBytes(), Unsettled.NO_TIMEOUT));
    }

    private record Open(String name, int bodyBytes, long timeoutMillis) implements Unsettled {
        @Override
        public String toString() {
            return name;
        }
    }

    /** From a queue that wants it settled within this time. */
    TestMessage within(long timeoutMillis) {
        Unsettled timed = new Open(String.valueOf(unsettled), 0, timeoutMillis);
        return new TestMessage(exchange, routingKey, header, body, redelivered, failedDeliveries, history, timed);
    }

    TestMessage settledByDelivery() {
        return new TestMessage(exchange, routingKey, header, body, redelivered, failedDeliveries, history, null);
    }

    TestMessage again(int failures) {
        return new TestMessage(exchange, routingKey, header, body, true, failures, history, unsettled);
    }

    TestMessage with(ByteBuf newHeader, @Nullable History newHistory) {
        return new TestMessage(
                exchange, routingKey, newHeader, body, redelivered, failedDeliveries, newHistory, unsettled);
    }

    @Override
    public long messagesLeft() {
        return 3;
    }

    @Override
    public MessageView message() {
        ByteBuf all = Unpooled.buffer().writeZero(3); // So that offsets which are not absolute show.
        int exchangeLength = all.writeCharSequence(exchange, StandardCharsets.UTF_8);
        int keyLength = all.writeCharSequence(routingKey, StandardCharsets.UTF_8);
        all.writeBytes(header.duplicate()).writeBytes(body.duplicate());
        return new View(
                all,
                3,
                exchangeLength,
                3 + exchangeLength,
                keyLength,
                header.readableBytes(),
                body.readableBytes(),
                history);
    }

    private record View(
            ByteBuf buffer,
            int exchangeOffset,
            int exchangeLength,
            int routingKeyOffset,
            int routingKeyLength,
            int headerLength,
            int bodyLength,
            @Nullable History history)
            implements MessageView {
        @Override
        public byte formatId() {
            return Amqp091Format.ID;
        }

        @Override
        public int headerOffset() {
            return routingKeyOffset + routingKeyLength;
        }

        @Override
        public int bodyOffset() {
            return headerOffset() + headerLength;
        }

        @Override
        public boolean persistent() {
            return true;
        }

        @Override
        public boolean wasDelayed() {
            return false;
        }

        @Override
        public int priority() {
            return 0;
        }
    }
}
