package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ContentWriter;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.FrameWriter;
import io.ferrymq.wire.ByteSource;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * The body frames of a long message, each made when the peer can take it. Until then the message costs its peer nothing
 * but the body's own memory, of which there is no copy: neither for small frames nor for encryption.
 *
 * <p>Thread contract: the connection's lane.
 */
final class LongBody implements ByteSource {
    /** Bodies up to this length are written as a whole; they cost less so while the peer keeps up. */
    static final int WHOLE_BYTES_MAX = 128 << 10;

    /** Frames shorter than a slice is worth are copied together up to this size. */
    private static final int COPY_BYTES_MAX = 64 << 10;

    private final int channel;
    private final ByteBuf body;
    private final int payloadMax;
    /** What is left of the payload of the frame that has begun; 0 between frames. */
    private int frameLeft;

    private boolean endOwed;

    /** Takes over the reference to {@code body}. */
    LongBody(int channel, ByteBuf body, int frameMaxBytes) {
        this.channel = channel;
        this.body = body;
        this.payloadMax = frameMaxBytes - Frame.OVERHEAD;
    }

    @Override
    public long remaining() {
        int rest = body.readableBytes();
        long framesToBegin = ((long) rest - frameLeft + payloadMax - 1) / payloadMax;
        return rest + framesToBegin * Frame.OVERHEAD + (frameLeft > 0 || endOwed ? 1 : 0);
    }

    @Override
    public void give(int bytesMax, Consumer<ByteBuf> taker) {
        long until = Math.max(0, remaining() - bytesMax);
        do {
            if (payloadMax < ContentWriter.SLICE_BYTES_MIN) {
                giveCopies(taker);
            } else {
                givePart((int) Math.min(Integer.MAX_VALUE, remaining() - until), taker);
            }
        } while (remaining() > until);
    }

    private void giveCopies(Consumer<ByteBuf> taker) {
        ByteBuf frames = body.alloc().directBuffer((int) Math.min(remaining(), COPY_BYTES_MAX));
        do {
            int length = Math.min(payloadMax, body.readableBytes());
            FrameWriter.writeHead(frames, Frame.BODY, channel, length);
            frames.writeBytes(body, length).writeByte(Frame.END);
        } while (body.isReadable()
                && frames.readableBytes() + Math.min(payloadMax, body.readableBytes()) + Frame.OVERHEAD
                        <= COPY_BYTES_MAX);
        taker.accept(frames);
    }

    private void givePart(int bytesMax, Consumer<ByteBuf> taker) {
        if (frameLeft == 0) {
            taker.accept(betweenFrames());
        }
        int part = Math.min(frameLeft, Math.max(1, bytesMax));
        if (part > 0) {
            taker.accept(body.readRetainedSlice(part));
            frameLeft -= part;
            endOwed = frameLeft == 0;
        }
        if (endOwed && !body.isReadable()) {
            taker.accept(betweenFrames());
        }
    }

    /** The end of one frame and the head of the next, or one of the two. */
    private ByteBuf betweenFrames() {
        ByteBuf out = body.alloc().directBuffer(Frame.OVERHEAD);
        if (endOwed) {
            endOwed = false;
            out.writeByte(Frame.END);
        }
        if (body.isReadable()) {
            frameLeft = Math.min(payloadMax, body.readableBytes());
            FrameWriter.writeHead(out, Frame.BODY, channel, frameLeft);
        }
        return out;
    }

    @Override
    public ByteBuf memory() {
        return body;
    }

    @Override
    public void release() {
        body.release();
    }
}
