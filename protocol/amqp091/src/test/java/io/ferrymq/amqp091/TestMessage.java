package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.MessageView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
        String name,
        @Nullable DeliverySource source)
        implements Delivery {

    /** Without properties, to be settled; its name in the calls of {@link RecordingLink} is its body. */
    static TestMessage of(String body) {
        ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
        return new TestMessage(
                "ex", "key", BasicProperties.NONE, bytes, false, -1, null, body, new Source(DeliverySource.NO_TIMEOUT));
    }

    private record Source(long timeoutMillis) implements DeliverySource {}

    /** The names of deliveries, by their places. */
    private static final List<String> NAMES = new CopyOnWriteArrayList<>();

    /** The name of the delivery at this place. */
    static String name(long place) {
        return NAMES.get((int) place);
    }

    @Override
    public long place() {
        int known = NAMES.indexOf(name);
        if (known >= 0) {
            return known;
        }
        NAMES.add(name);
        return place();
    }

    /** From a queue that wants it settled within this time. */
    TestMessage within(long timeoutMillis) {
        DeliverySource timed = new Source(timeoutMillis);
        return new TestMessage(exchange, routingKey, header, body, redelivered, failedDeliveries, history, name, timed);
    }

    TestMessage settledByDelivery() {
        return new TestMessage(exchange, routingKey, header, body, redelivered, failedDeliveries, history, name, null);
    }

    TestMessage again(int failures) {
        return new TestMessage(exchange, routingKey, header, body, true, failures, history, name, source);
    }

    TestMessage with(ByteBuf newHeader, @Nullable History newHistory) {
        return new TestMessage(
                exchange, routingKey, newHeader, body, redelivered, failedDeliveries, newHistory, name, source);
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
