package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ContentHeader;
import io.ferrymq.amqp091.codec.PublishView;
import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.message.Publication;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Publishing on all channels of a connection (clause 1.8.3.7 of the reference): the hot path in. A message whose frames
 * lie in one read buffer is handed to the broker as windows on that buffer; for it nothing is copied and nothing
 * allocated, because the publication, the names and the windows are used again.
 *
 * <p>Thread contract: the connection's lane.
 */
final class Publisher {
    private final Peer peer;
    private final DeliveryWriter writer;
    private final Alarms alarms;
    private final PublishingRules rules;
    private final Publication publication = new Publication(Amqp091Format.INSTANCE);
    private final PublishView method = new PublishView();
    private final ContentHeader contentHeader = new ContentHeader();
    private final RecentNames exchanges = new RecentNames();
    private final RecentNames routingKeys = new RecentNames();
    private final BufferWindow headerWindow = new BufferWindow();
    private final BufferWindow bodyWindow = new BufferWindow();
    /** The one message whose header is still in the read buffer. */
    private @Nullable ContentAssembly unheld;

    Publisher(Peer peer, DeliveryWriter writer, Alarms alarms) {
        this.peer = peer;
        this.writer = writer;
        this.alarms = alarms;
        this.rules = new PublishingRules(peer.identity());
    }

    /** Takes the method. */
    void begin(Channel channel, ByteBuf in, int offset, int length) {
        method.wrap(in, offset, length);
        if (method.immediate()) {
            throw new FaultException(ReplyCode.NOT_IMPLEMENTED, "immediate=true");
        }
        channel.content()
                .begin(
                        exchanges.of(in, method.exchangeOffset(), method.exchangeLength()),
                        routingKeys.of(in, method.routingKeyOffset(), method.routingKeyLength()),
                        method.mandatory());
    }

    /** Takes the content header. A body that will be too large is refused before it is sent. */
    void header(Channel channel, ByteBuf in, int offset, int length) {
        ContentAssembly content = channel.content();
        content.requireHeader();
        contentHeader.wrap(in, offset, length);
        long bodySize = contentHeader.bodySize();
        int max = peer.options().messageBytesMax();
        if (bodySize > max) {
            throw new FaultException(
                    ReplyCode.PRECONDITION_FAILED,
                    "message size " + bodySize + " is larger than configured max size " + max);
        }
        content.header(in, offset + ContentHeader.FIXED_LENGTH, length - ContentHeader.FIXED_LENGTH, (int) bodySize);
        if (bodySize == 0) {
            publish(channel, Unpooled.EMPTY_BUFFER);
        } else {
            holdAllBut(content);
        }
    }

    /** Takes a body frame. */
    void body(Channel channel, ByteBuf in, int offset, int length) {
        ContentAssembly content = channel.content();
        content.requireBody(length);
        if (content.isWhole(length)) {
            publish(channel, bodyWindow.on(in, offset, length));
        } else if (content.add(in, offset, length)) {
            publish(channel, content.body());
        }
    }

    @SuppressWarnings("ReferenceEquality") // Is it this object.
    private void holdAllBut(ContentAssembly content) {
        if (unheld != null && unheld != content) {
            unheld.hold();
        }
        unheld = content;
    }

    private void publish(Channel channel, ByteBuf body) {
        ContentAssembly content = channel.content();
        ByteBuf header = headerWindow.on(content.headerBuffer(), content.headerOffset(), content.headerLength());
        ByteBuf kept = rules.apply(publication, channel, header);
        publication.content(kept, body);
        Transaction transaction = channel.transaction();
        if (transaction == null) {
            send(channel, publication, content.mandatory());
        } else {
            // What can be refused is refused before it is a part of anything, as RabbitMQ does.
            peer.link().checkPublish(publication);
            transaction.hold(publication, content.mandatory());
        }
        content.reset();
        alarms.published();
    }

    /** Publishes now; what comes back is returned before it is confirmed. */
    void send(Channel channel, Publication message, boolean mandatory) {
        peer.link().publish(message);
        if (mandatory && message.outcome() == Publication.Outcome.UNROUTED) {
            writer.returned(channel.number(), message);
        }
        channel.published(message);
    }

    /** The read buffer will change. */
    void endBurst() {
        if (unheld != null) {
            unheld.hold();
            unheld = null;
        }
    }
}
