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
        writeHeader(out, channel, properties, properties.readerIndex(), properties.readableBytes(), bodyLength);
        int part;
        for (int written = 0; written < bodyLength; written += part) {
            part = Math.min(payloadMax, bodyLength - written);
            writeBodyFrame(out, channel, body, body.readerIndex() + written, part);
        }
    }

    /**
     * The same into a sink: parts of {@link #SLICE_BYTES_MIN} octets or more as retained slices of {@code body}, one
     * small object for each, where a copy would cost memory bandwidth and a buffer as large.
     */
    public void write(FrameSink sink, int channel, ByteBuf properties, ByteBuf body) {
        int bodyLength = body.readableBytes();
        writeHeader(sink, channel, properties, properties.readerIndex(), properties.readableBytes(), bodyLength);
        writeBody(sink, channel, body, body.readerIndex(), bodyLength);
    }

    /** Writes the header frame into a sink; the properties are {@code length} octets from the absolute index {@code offset}. */
    public static void writeHeader(
            FrameSink sink, int channel, ByteBuf properties, int offset, int length, long bodySize) {
        writeHeader(sink.buffer((int) headerLength(length)), channel, properties, offset, length, bodySize);
    }

    /** Writes the body frames into a sink as {@link #write(FrameSink, int, ByteBuf, ByteBuf)} does, by absolute index. */
    public void writeBody(FrameSink sink, int channel, ByteBuf body, int offset, int length) {
        int part;
        for (int written = 0; written < length; written += part) {
            part = Math.min(payloadMax, length - written);
            int at = offset + written;
            if (part < SLICE_BYTES_MIN) {
                writeBodyFrame(sink.buffer(part + Frame.OVERHEAD), channel, body, at, part);
            } else {
                FrameWriter.writeHead(sink.buffer(Frame.HEAD_LENGTH), Frame.BODY, channel, part);
                sink.append(body.retainedSlice(at, part));
                sink.buffer(1).writeByte(Frame.END);
            }
        }
    }

    private static void writeHeader(
            ByteBuf out, int channel, ByteBuf properties, int offset, int length, long bodySize) {
        FrameWriter.writeHead(out, Frame.HEADER, channel, ContentHeader.FIXED_LENGTH + length);
        out.writeInt(BasicMethod.CLASS_ID << 16).writeLong(bodySize);
        OctetCopy.append(out, properties, offset, length);
        out.writeByte(Frame.END);
    }

    private static void writeBodyFrame(ByteBuf out, int channel, ByteBuf body, int at, int length) {
        FrameWriter.writeHead(out, Frame.BODY, channel, length);
        OctetCopy.append(out, body, at, length);
        out.writeByte(Frame.END);
    }
}
