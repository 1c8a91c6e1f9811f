package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;

/**
 * A window on the next frame of a byte stream (clause 4.2.3). One for each connection, used on its event loop only; it
 * allocates nothing for a frame, because type, channel and the payload's place are read from its fields.
 *
 * <p>It looks as early as it can: a bad type is seen in the first octet and an oversized frame in the first seven, so a
 * peer never makes the caller collect more than {@code frameMax} octets.
 *
 * <p>A large body frame may be taken in parts as it arrives, so that its octets are used where they were read to and not
 * moved once more to lie behind each other.
 */
public final class FrameReader {
    /** What the bytes at hand amount to. */
    public enum Result {
        /** The frame is not complete; nothing was consumed. See {@link #missingBytes} and {@link #nextPart}. */
        NEED_MORE,
        /** A frame was consumed; the accessors describe it. */
        FRAME,
        /** The stream is not AMQP from here on; nothing was consumed. See {@link #violation}. */
        VIOLATION
    }

    /** Frames with less payload are taken whole: many fit in one read. */
    static final int PARTED_PAYLOAD_MIN = 64 << 10;

    /** A shorter part would cost more than moving it. */
    static final int PART_LENGTH_MIN = 16 << 10;

    private int frameMax;
    private int type;
    private int channel;
    private int payloadOffset;
    private int payloadLength;
    private int missingBytes;
    /** Payload that is still to come of a frame that is being taken in parts; 0 if none is. */
    private int restLength;

    private String violation = "";

    /** A reader that accepts frames of at most {@code frameMax} octets, head and end included. */
    public FrameReader(int frameMax) {
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
        this.frameMax = frameMax;
    }

    /**
     * Looks at the octets from {@code in}'s reader index. On {@link Result#FRAME} the reader index has moved behind the
     * frame, and the payload is at {@link #payloadOffset} of the same buffer until that is written to or released.
     */
    public Result next(ByteBuf in) {
        int start = in.readerIndex();
        if (restLength > 0) {
            return complete(in, start, restLength);
        }
        int readable = in.readableBytes();
        if (readable == 0) {
            return needMore(Frame.HEAD_LENGTH);
        }
        type = in.getUnsignedByte(start);
        if (!isKnown(type)) {
            return violate("unknown frame type " + type);
        }
        if (readable < Frame.HEAD_LENGTH) {
            return needMore(Frame.HEAD_LENGTH - readable);
        }
        channel = in.getUnsignedShort(start + 1);
        long length = in.getUnsignedInt(start + 3);
        if (length > frameMax - Frame.OVERHEAD) {
            return violate("frame of " + (length + Frame.OVERHEAD) + " octets is larger than frame_max " + frameMax);
        }
        if (type == Frame.HEARTBEAT && length != 0) {
            return violate("heartbeat on channel " + channel + " with " + length + " octets of payload");
        }
        return complete(in, start + Frame.HEAD_LENGTH, (int) length);
    }

    private Result complete(ByteBuf in, int payloadStart, int length) {
        int missing = payloadStart + length + 1 - in.writerIndex();
        if (missing > 0) {
            return needMore(missing);
        }
        int end = in.getUnsignedByte(payloadStart + length);
        if (end != Frame.END) {
            return violate("frame ends with octet " + end + " instead of 206");
        }
        payloadOffset = payloadStart;
        payloadLength = length;
        restLength = 0;
        in.readerIndex(payloadStart + length + 1);
        return Result.FRAME;
    }

    /**
     * After {@link Result#NEED_MORE}: takes what has arrived of a large body frame. If so, the accessors describe that
     * part as if it were a frame, and the following calls give the other parts, none of them short. The last one comes
     * from {@link #next}, when the end octet is there and right.
     */
    public boolean nextPart(ByteBuf in) {
        int start = in.readerIndex();
        int length = restLength;
        if (length == 0) {
            if (in.readableBytes() < Frame.HEAD_LENGTH || type != Frame.BODY) {
                return false;
            }
            start += Frame.HEAD_LENGTH;
            length = in.getInt(start - Integer.BYTES);
            if (length < PARTED_PAYLOAD_MIN) {
                return false;
            }
        }
        int part = Math.min(in.writerIndex() - start, length - PART_LENGTH_MIN);
        if (part < PART_LENGTH_MIN) {
            return false;
        }
        payloadOffset = start;
        payloadLength = part;
        restLength = length - part;
        in.readerIndex(start + part);
        return true;
    }

    /** After {@link Result#FRAME} with a method: the frame is not taken yet, and {@link #next} finds it again. */
    public void putBack(ByteBuf in) {
        in.readerIndex(payloadOffset - Frame.HEAD_LENGTH);
    }

    private static boolean isKnown(int type) {
        return (type >= Frame.METHOD && type <= Frame.BODY) || type == Frame.HEARTBEAT;
    }

    private Result needMore(int bytes) {
        missingBytes = bytes;
        return Result.NEED_MORE;
    }

    private Result violate(String reason) {
        violation = reason;
        return Result.VIOLATION;
    }

    /** {@link Frame#METHOD}, {@link Frame#HEADER}, {@link Frame#BODY} or {@link Frame#HEARTBEAT}. */
    public int type() {
        return type;
    }

    /** The channel number, 0 to 65535. */
    public int channel() {
        return channel;
    }

    /** Absolute index of the payload's first octet in the buffer that {@link #next} was given. */
    public int payloadOffset() {
        return payloadOffset;
    }

    /** Octets of payload; at most {@code frameMax - Frame.OVERHEAD}. */
    public int payloadLength() {
        return payloadLength;
    }

    /**
     * After {@link Result#NEED_MORE}: octets known to be missing; more may turn out to be, once the head has arrived.
     */
    public int missingBytes() {
        return missingBytes;
    }

    /**
     * After {@link Result#VIOLATION}: what is wrong, as a 501 (clause 4.2.3 allows to just end the connection, too).
     */
    public MalformedFrameException violation() {
        return MalformedFrameException.frameError(violation);
    }
}
