package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Whole method frames of class basic that a server sends for every message, written with no record, string or array in
 * between. Short strings come as their octets (at most 255), encoded once for each consumer, exchange or key.
 *
 * <p>Exchange and routing key stand side by side in {@code publish}, {@code deliver}, {@code get-ok} and {@code
 * return}. An <i>address</i> is those octets as they came in, both lengths included ({@link
 * PublishView#addressOffset}); with it a message that goes out as it came in needs one copy and no look at either
 * string.
 *
 * <p>Nothing is allocated here.
 */
public final class BasicFrames {
    private BasicFrames() {}

    /** Writes {@code basic.deliver} (60.60); header and body have to follow. The address stays readable. */
    public static void deliver(
            ByteBuf out, int channel, byte[] consumerTag, long deliveryTag, boolean redelivered, ByteBuf address) {
        beginDeliver(out, channel, consumerTag, deliveryTag, redelivered, address.readableBytes());
        endWith(out, address);
    }

    /** Writes {@code basic.deliver} (60.60) with an address in two parts. */
    public static void deliver(
            ByteBuf out,
            int channel,
            byte[] consumerTag,
            long deliveryTag,
            boolean redelivered,
            byte[] exchange,
            byte[] routingKey) {
        int addressLength = addressLength(exchange, routingKey);
        beginDeliver(out, channel, consumerTag, deliveryTag, redelivered, addressLength);
        endWith(out, exchange, routingKey);
    }

    /** Writes {@code basic.deliver} (60.60) with an address whose parts lie anywhere in {@code names}, by absolute index. */
    public static void deliver(
            ByteBuf out,
            int channel,
            byte[] consumerTag,
            long deliveryTag,
            boolean redelivered,
            ByteBuf names,
            int exchangeOffset,
            int exchangeLength,
            int routingKeyOffset,
            int routingKeyLength) {
        int addressLength = 1 + exchangeLength + 1 + routingKeyLength;
        beginDeliver(out, channel, consumerTag, deliveryTag, redelivered, addressLength);
        if (isAddress(names, exchangeOffset, exchangeLength, routingKeyOffset, routingKeyLength)) {
            OctetCopy.append(out, names, exchangeOffset - 1, addressLength);
        } else {
            shortString(out, names, exchangeOffset, exchangeLength);
            shortString(out, names, routingKeyOffset, routingKeyLength);
        }
        out.writeByte(Frame.END);
    }

    /**
     * Writes {@code basic.get-ok} (60.71); {@code messageCount} is what is left in the queue, as an unsigned 32-bit
     * number.
     */
    public static void getOk(
            ByteBuf out, int channel, long deliveryTag, boolean redelivered, ByteBuf address, long messageCount) {
        beginGetOk(out, channel, deliveryTag, redelivered, address.readableBytes());
        OctetCopy.append(out, address, address.readerIndex(), address.readableBytes());
        out.writeInt((int) messageCount).writeByte(Frame.END);
    }

    /** Writes {@code basic.get-ok} (60.71) with an address in two parts. */
    public static void getOk(
            ByteBuf out,
            int channel,
            long deliveryTag,
            boolean redelivered,
            byte[] exchange,
            byte[] routingKey,
            long messageCount) {
        beginGetOk(out, channel, deliveryTag, redelivered, addressLength(exchange, routingKey));
        shortString(out, exchange);
        shortString(out, routingKey);
        out.writeInt((int) messageCount).writeByte(Frame.END);
    }

    /** Writes {@code basic.return} (60.50); the text is the code's name alone, as RabbitMQ has it. */
    public static void returned(ByteBuf out, int channel, ReplyCode reason, ByteBuf address) {
        beginReturn(out, channel, reason, address.readableBytes());
        endWith(out, address);
    }

    /** Writes {@code basic.return} (60.50) with an address in two parts. */
    public static void returned(ByteBuf out, int channel, ReplyCode reason, byte[] exchange, byte[] routingKey) {
        beginReturn(out, channel, reason, addressLength(exchange, routingKey));
        endWith(out, exchange, routingKey);
    }

    /** Writes {@code basic.ack} (60.80): to a publisher, a confirm. */
    public static void ack(ByteBuf out, int channel, long deliveryTag, boolean multiple) {
        settlement(out, channel, BasicMethod.Ack.ID, deliveryTag, multiple ? 1 : 0);
    }

    /** Writes {@code basic.nack} (60.120) without requeue: to a publisher, a refusal. */
    public static void nack(ByteBuf out, int channel, long deliveryTag, boolean multiple) {
        settlement(out, channel, BasicMethod.Nack.ID, deliveryTag, multiple ? 1 : 0);
    }

    private static void settlement(ByteBuf out, int channel, int id, long deliveryTag, int bits) {
        begin(out, channel, id, Long.BYTES + 1);
        out.writeLong(deliveryTag).writeByte(bits).writeByte(Frame.END);
    }

    private static void beginDeliver(
            ByteBuf out, int channel, byte[] tag, long deliveryTag, boolean redelivered, int addressLength) {
        begin(out, channel, BasicMethod.Deliver.ID, 1 + tag.length + Long.BYTES + 1 + addressLength);
        shortString(out, tag);
        out.writeLong(deliveryTag).writeByte(redelivered ? 1 : 0);
    }

    private static void beginGetOk(ByteBuf out, int channel, long deliveryTag, boolean redelivered, int addressLength) {
        begin(out, channel, BasicMethod.GetOk.ID, Long.BYTES + 1 + addressLength + Integer.BYTES);
        out.writeLong(deliveryTag).writeByte(redelivered ? 1 : 0);
    }

    private static void beginReturn(ByteBuf out, int channel, ReplyCode reason, int addressLength) {
        begin(
                out,
                channel,
                BasicMethod.Return.ID,
                Short.BYTES + 1 + reason.name().length() + addressLength);
        out.writeShort(reason.code());
        out.writeByte(reason.name().length());
        ByteBufUtil.writeAscii(out, reason.name());
    }

    private static void begin(ByteBuf out, int channel, int id, int argumentsLength) {
        FrameWriter.writeHead(out, Frame.METHOD, channel, Method.ID_LENGTH + argumentsLength);
        out.writeInt(id);
    }

    private static void endWith(ByteBuf out, ByteBuf address) {
        OctetCopy.append(out, address, address.readerIndex(), address.readableBytes());
        out.writeByte(Frame.END);
    }

    private static void endWith(ByteBuf out, byte[] exchange, byte[] routingKey) {
        shortString(out, exchange);
        shortString(out, routingKey);
        out.writeByte(Frame.END);
    }

    private static int addressLength(byte[] exchange, byte[] routingKey) {
        return 1 + exchange.length + 1 + routingKey.length;
    }

    /** Whether the two names stand side by side with their lengths, as on the wire: then one copy is enough. */
    private static boolean isAddress(
            ByteBuf names, int exchangeOffset, int exchangeLength, int routingKeyOffset, int routingKeyLength) {
        return exchangeOffset > 0
                && routingKeyOffset == exchangeOffset + exchangeLength + 1
                && names.getUnsignedByte(exchangeOffset - 1) == exchangeLength
                && names.getUnsignedByte(routingKeyOffset - 1) == routingKeyLength;
    }

    private static void shortString(ByteBuf out, ByteBuf names, int offset, int length) {
        if (length > ArgumentWriter.SHORT_STRING_BYTES_MAX) {
            throw new IllegalArgumentException("short string of " + length + " octets");
        }
        out.writeByte(length);
        OctetCopy.append(out, names, offset, length);
    }

    private static void shortString(ByteBuf out, byte[] octets) {
        if (octets.length > ArgumentWriter.SHORT_STRING_BYTES_MAX) {
            throw new IllegalArgumentException("short string of " + octets.length + " octets");
        }
        out.writeByte(octets.length).writeBytes(octets);
    }
}
