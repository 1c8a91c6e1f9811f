package io.ferrymq.amqp091;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import java.nio.charset.StandardCharsets;

/**
 * A channel's consumer of {@code amq.rabbitmq.reply-to}. Replies are never stored: one that the peer has no room for is
 * lost, as it is when the peer is gone. So it is taken as long as memory allows, and not only up to the high-water mark.
 *
 * <p>Thread contract: the connection's lane.
 */
final class ReplyConsumer implements DeliverySink {
    private final Channel channel;
    private final DeliveryWriter writer;
    private final OutboundBuffer out;
    private final String tag;
    private final byte[] tagBytes;
    private String address = "";

    ReplyConsumer(Channel channel, DeliveryWriter writer, OutboundBuffer out, String tag) {
        this.channel = channel;
        this.writer = writer;
        this.out = out;
        this.tag = tag;
        this.tagBytes = tag.getBytes(StandardCharsets.UTF_8);
    }

    void openedAt(String name) {
        address = name;
    }

    String tag() {
        return tag;
    }

    /** What {@code amq.rabbitmq.reply-to} stands for in messages that this channel publishes. */
    String address() {
        return address;
    }

    @Override
    public boolean hasCredit() {
        return !channel.isClosing() && !out.isOverfull();
    }

    @Override
    public void deliver(Delivery delivery) {
        writer.deliver(channel.number(), tagBytes, channel.consumption().nextDeliveryTag(), delivery);
    }

    @Override
    public void cancelled() {
        // A reply address ends when its channel says so.
    }
}
