package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;

/**
 * The frames that follow a content method (clause 4.2.6): one header, then the body in as many body frames as {@code
 * frame_max} makes of it; an empty body has none. One for each connection, used on its event loop only.
 *
 * <p>A header cannot be split. It was taken from one connection and is written to another with perhaps a smaller
 * {@code frame_max}; like RabbitMQ, this sends it nevertheless.
 */
public final class ContentWriter {
    /** Parts of a body from this length on go to a {@link FrameSink} by reference; copying shorter ones is cheaper. */
    public static final int SLICE_BYTES_MIN = 16_384;

    private int payloadMax;

    /** A writer for frames of at most {@code frameMax} octets, head and end included. */
    public ContentWriter(int frameMax) {
        frameMax(frameMax);
    }

    /**
     * Sets the limit agreed in {@code connection.tune}, in octets. "No limit" (0) has to be given a number by the
     * caller.
     */
    public void frameMax(int frameMax) {
        if (frameMax <= Frame.OVERHEAD) {
            throw new IllegalArgumentException("frameMax " + frameMax);
        }
        payloadMax = frameMax - Frame.OVERHEAD;
    }

    /** Octets that {@link #write(ByteBuf, int, ByteBuf, ByteBuf)} writes, for sizing a buffer. */
    public long length(int propertiesLength, int bodyLength) {
        long bodyFrames = ((long) bodyLength + payloadMax - 1) / payloadMax;
        return headerLength(propertiesLength) + bodyLength + bodyFrames * Frame.OVERHEAD;
    }

    private static long headerLength(int propertiesLength) {
        return (long) Frame.OVERHEAD + ContentHeader.FIXED_LENGTH + propertiesLength;
    }

    /**
     * Copies header and body frames into {@code out}; what is readable of {@code properties} and {@code body} stays so.
     */
    public void write(ByteBuf out, int channel, ByteBuf properties, ByteBuf body) {
        int bodyLength = body.readableBytes();
        writeHeader(out, channel, properties, bodyLength);
        int length;
        for (int at = 0; at < bodyLength; at += length) {
            length = Math.min(payloadMax, bodyLength - at);
            writeBodyFrame(out, channel, body, at, length);
        }
    }

    /**
     * The same into a sink: parts of {@link #SLICE_BYTES_MIN} octets or more as retained slices of {@code body}, one
     * small object for each, where a copy would cost memory bandwidth and a buffer as large.
     */
    public void write(FrameSink sink, int channel, ByteBuf properties, ByteBuf body) {
        int bodyLength = body.readableBytes();
        ByteBuf head = sink.buffer((int) headerLength(properties.readableBytes()));
        writeHeader(head, channel, properties, bodyLength);
        int length;
        for (int at = 0; at < bodyLength; at += length) {
            length = Math.min(payloadMax, bodyLength - at);
            if (length < SLICE_BYTES_MIN) {
                writeBodyFrame(sink.buffer(length + Frame.OVERHEAD), channel, body, at, length);
            } else {
                FrameWriter.writeHead(sink.buffer(Frame.HEAD_LENGTH), Frame.BODY, channel, length);
                sink.append(body.retainedSlice(body.readerIndex() + at, length));
                sink.buffer(1).writeByte(Frame.END);
            }
        }
    }

    private static void writeHeader(ByteBuf out, int channel, ByteBuf properties, long bodySize) {
        int length = properties.readableBytes();
        FrameWriter.writeHead(out, Frame.HEADER, channel, ContentHeader.FIXED_LENGTH + length);
        out.writeInt(BasicMethod.CLASS_ID << 16).writeLong(bodySize);
        out.writeBytes(properties, properties.readerIndex(), length).writeByte(Frame.END);
    }

    private static void writeBodyFrame(ByteBuf out, int channel, ByteBuf body, int at, int length) {
        FrameWriter.writeHead(out, Frame.BODY, channel, length);
        out.writeBytes(body, body.readerIndex() + at, length).writeByte(Frame.END);
    }
}
