package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;

/**
 * Whole frames of methods and heartbeats, written behind a buffer's writer index. A method cannot be split over frames
 * (clause 4.2.4): whoever sends a table of his own makes sure that it fits {@code frame_max}.
 */
public final class FrameWriter {
    private FrameWriter() {}

    /**
     * Writes {@code method} as one frame.
     *
     * @return octets written, to be compared with {@code frame_max} where the arguments may be long
     * @throws IllegalArgumentException if an argument has no room in its field; nothing is written then
     */
    public static int writeMethod(ByteBuf out, int channel, Method method) {
        int start = out.writerIndex();
        writeHead(out, Frame.METHOD, channel, 0);
        try {
            method.encode(out);
        } catch (IllegalArgumentException e) {
            out.writerIndex(start);
            throw e;
        }
        int length = out.writerIndex() - start - Frame.HEAD_LENGTH;
        out.setInt(start + Frame.HEAD_LENGTH - Integer.BYTES, length);
        out.writeByte(Frame.END);
        return length + Frame.OVERHEAD;
    }

    /** Writes a heartbeat (clause 4.2.7): eight octets on channel 0. */
    public static void writeHeartbeat(ByteBuf out) {
        writeHead(out, Frame.HEARTBEAT, 0, 0);
        out.writeByte(Frame.END);
    }

    /** Writes the seven octets before a payload of {@code length} octets. */
    public static void writeHead(ByteBuf out, int type, int channel, int length) {
        out.writeByte(type).writeShort(channel).writeInt(length);
    }
}
