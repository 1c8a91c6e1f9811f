package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.BasicFrames;
import io.ferrymq.amqp091.codec.ContentHeader;
import io.ferrymq.amqp091.codec.ContentWriter;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.MessageView;
import io.ferrymq.broker.message.Publication;
import io.netty.buffer.ByteBuf;
import java.util.function.LongConsumer;

/**
 * Messages on their way to the client: method, header and body frames, straight from where the broker keeps the bytes
 * into the outbound buffer. Nothing is allocated for a message that nothing happened to.
 *
 * <p>Thread contract: the connection's lane.
 */
final class DeliveryWriter {
    /** Room for a method frame with two names and a tag of 255 octets each. */
    private static final int METHOD_BYTES_MAX = 800;

    private final OutboundBuffer out;
    private final int frameMaxBytes;
    private final ContentWriter content;
    private final LongConsumer charge;
    /** What one header frame has room for. */
    private final int propertiesBytesMax;

    /** {@code charge} is told what costs more than any delivery does. */
    DeliveryWriter(OutboundBuffer out, int frameMaxBytes, LongConsumer charge) {
        this.charge = charge;
        this.out = out;
        this.frameMaxBytes = frameMaxBytes;
        this.content = new ContentWriter(frameMaxBytes);
        this.propertiesBytesMax = frameMaxBytes - Frame.OVERHEAD - ContentHeader.FIXED_LENGTH;
    }

    /** Writes {@code basic.deliver} (60.60) with its content. */
    void deliver(int channel, byte[] consumerTag, long deliveryTag, Delivery delivery) {
        MessageView message = delivery.message();
        BasicFrames.deliver(
                out.buffer(METHOD_BYTES_MAX),
                channel,
                consumerTag,
                deliveryTag,
                delivery.redelivered(),
                message.buffer(),
                message.exchangeOffset(),
                message.exchangeLength(),
                message.routingKeyOffset(),
                message.routingKeyLength());
        writeContent(channel, delivery);
    }

    /** Writes {@code basic.get-ok} (60.71) with its content. */
    void getOk(int channel, long deliveryTag, Delivery delivery) {
        MessageView message = delivery.message();
        BasicFrames.getOk(
                out.buffer(METHOD_BYTES_MAX),
                channel,
                deliveryTag,
                delivery.redelivered(),
                bytes(message.buffer(), message.exchangeOffset(), message.exchangeLength()),
                bytes(message.buffer(), message.routingKeyOffset(), message.routingKeyLength()),
                delivery.messagesLeft());
        writeContent(channel, delivery);
    }

    private static byte[] bytes(ByteBuf buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return bytes;
    }

    /** Writes {@code basic.return} (60.50) with the content that the client sent. */
    void returned(int channel, Publication message) {
        BasicFrames.returned(
                out.buffer(METHOD_BYTES_MAX),
                channel,
                ReplyCode.NO_ROUTE,
                message.exchange().utf8(),
                message.key().utf8());
        ByteBuf header = message.header();
        ByteBuf body = message.body();
        ContentWriter.writeHeader(
                out, channel, header, header.readerIndex(), header.readableBytes(), body.readableBytes());
        writeBody(channel, body, body.readerIndex(), body.readableBytes());
    }

    private void writeContent(int channel, Delivery delivery) {
        MessageView message = delivery.message();
        if (HeaderMerge.isNeeded(delivery)) {
            charge.accept(TurnBudget.ofTable(message.headerLength()));
            ByteBuf merged = HeaderMerge.merge(delivery, propertiesBytesMax);
            ContentWriter.writeHeader(
                    out, channel, merged, merged.readerIndex(), merged.readableBytes(), message.bodyLength());
        } else {
            ContentWriter.writeHeader(
                    out,
                    channel,
                    message.buffer(),
                    message.headerOffset(),
                    message.headerLength(),
                    message.bodyLength());
        }
        writeBody(channel, message.buffer(), message.bodyOffset(), message.bodyLength());
    }

    private void writeBody(int channel, ByteBuf body, int offset, int length) {
        if (length <= LongBody.WHOLE_BYTES_MAX) {
            content.writeBody(out, channel, body, offset, length);
        } else {
            out.append(new LongBody(channel, body.retainedSlice(offset, length), frameMaxBytes));
        }
    }
}
