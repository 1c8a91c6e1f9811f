package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.message.ShortText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One channel's message while it arrives: method, header, body frames (clause 4.2.6).
 *
 * <p>Thread contract: the connection's lane.
 *
 * <pre>
 * from    to      on
 * METHOD  HEADER  basic.publish
 * HEADER  METHOD  a header that announces no body: published
 * HEADER  BODY    a header that announces a body
 * BODY    BODY    a part of it
 * BODY    METHOD  the last part: published
 * any other frame is 505
 * </pre>
 *
 * A message whose body is one frame in the same read buffer as its header never gets here in full: it is published
 * straight from that buffer, and only its header's place is noted. What has to wait longer is held: headers and small
 * parts as copies, large parts as slices that keep the read buffer, all counted in {@link UnfinishedBytes}.
 */
final class ContentAssembly {
    private enum Expecting {
        METHOD,
        HEADER,
        BODY
    }

    /** A shorter part is copied: a slice of it could hold a read buffer that is many times larger. */
    private static final int SLICE_BYTES_MIN = 16 << 10;

    /** Parts of a larger body are all copied: slices hold read buffers a third larger than the body. */
    private static final int SLICED_BODY_BYTES_MAX = 4 << 20;

    private static final int COPY_BYTES_MAX = 1 << 20;

    private static final int COPY_BYTES_MIN = 1 << 10;

    private final UnfinishedBytes unfinished;
    private Expecting expecting = Expecting.METHOD;
    private ShortText exchange = ShortText.EMPTY;
    private ShortText routingKey = ShortText.EMPTY;
    private boolean mandatory;
    private ByteBuf header = Unpooled.EMPTY_BUFFER;
    private int headerOffset;
    private int headerLength;
    private boolean headerHeld;
    private int bodySize;
    private int received;
    private @Nullable CompositeByteBuf parts;
    private @Nullable ByteBuf tail;
    private @Nullable ByteBuf lastSliced;
    private long heldBytes;

    ContentAssembly(UnfinishedBytes unfinished) {
        this.unfinished = unfinished;
    }

    /** A method has come: there must be no message in between. */
    void requireMethod() {
        switch (expecting) {
            case METHOD -> {}
            case HEADER ->
                throw unexpected("expected content header for class 60, got non content header frame instead");
            case BODY -> throw unexpected("expected content body, got non content body frame instead");
        }
    }

    private static FaultException unexpected(String explanation) {
        return new FaultException(ReplyCode.UNEXPECTED_FRAME, explanation);
    }

    /** {@code basic.publish} has come. */
    void begin(ShortText toExchange, ShortText withKey, boolean isMandatory) {
        exchange = toExchange;
        routingKey = withKey;
        mandatory = isMandatory;
        expecting = Expecting.HEADER;
    }

    ShortText exchange() {
        return exchange;
    }

    ShortText routingKey() {
        return routingKey;
    }

    boolean mandatory() {
        return mandatory;
    }

    /** A header has come: there must have been a method. */
    void requireHeader() {
        switch (expecting) {
            case HEADER -> {}
            case METHOD -> throw unexpected("expected method frame, got non method frame instead");
            case BODY -> throw unexpected("expected content body, got non content body frame instead");
        }
    }

    /** Notes where the properties are; they stay there until {@link #hold} or the end of the message. */
    void header(ByteBuf in, int offset, int length, int announcedBodySize) {
        header = in;
        headerOffset = offset;
        headerLength = length;
        bodySize = announcedBodySize;
        received = 0;
        expecting = Expecting.BODY;
    }

    ByteBuf headerBuffer() {
        return header;
    }

    int headerOffset() {
        return headerOffset;
    }

    int headerLength() {
        return headerLength;
    }

    /** A part of the body has come: there must have been a header, and it must have announced as much. */
    void requireBody(int length) {
        switch (expecting) {
            case BODY -> {}
            case HEADER ->
                throw unexpected("expected content header for class 60, got non content header frame instead");
            case METHOD -> throw unexpected("expected method frame, got non method frame instead");
        }
        if (length > bodySize - received) {
            throw new FaultException(
                    ReplyCode.FRAME_ERROR,
                    "content body of " + ((long) received + length) + " octets or more, " + bodySize + " announced");
        }
    }

    /** Whether a part of this length is the whole body. */
    boolean isWhole(int length) {
        return received == 0 && length == bodySize;
    }

    /** The read buffer will change: copies the header out of it. */
    void hold() {
        if (expecting == Expecting.BODY && !headerHeld) {
            count(headerLength);
            header = header.alloc().buffer(headerLength).writeBytes(header, headerOffset, headerLength);
            headerOffset = 0;
            headerHeld = true;
        }
    }

    /** Adds a part; true if the body is complete with it. */
    boolean add(ByteBuf in, int offset, int length) {
        received += length;
        if (length < SLICE_BYTES_MIN || bodySize > SLICED_BODY_BYTES_MAX) {
            copy(in, offset, length);
        } else {
            slice(in, offset, length);
        }
        return received == bodySize;
    }

    private void copy(ByteBuf in, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            ByteBuf room = tail;
            if (room == null || !room.isWritable()) {
                sealTail();
                room = newTail(in, bodySize - received + (end - at));
            }
            int count = Math.min(end - at, room.writableBytes());
            room.writeBytes(in, at, count);
            at += count;
        }
    }

    /** Room for more copies: twice what is there already, so that unused room stays in proportion. */
    private ByteBuf newTail(ByteBuf in, int missing) {
        int wanted = Math.clamp(2L * received, COPY_BYTES_MIN, COPY_BYTES_MAX);
        int capacity = Math.min(missing, wanted);
        count(capacity);
        ByteBuf fresh = in.alloc().buffer(capacity, capacity);
        tail = fresh;
        return fresh;
    }

    @SuppressWarnings("ReferenceEquality") // The same memory, not the same content.
    private void slice(ByteBuf in, int offset, int length) {
        sealTail();
        if (in != lastSliced) {
            count(in.capacity());
            lastSliced = in;
        }
        parts(in).addComponent(true, in.retainedSlice(offset, length));
    }

    private void sealTail() {
        ByteBuf full = tail;
        if (full != null) {
            tail = null;
            parts(full).addComponent(true, full);
        }
    }

    private CompositeByteBuf parts(ByteBuf like) {
        CompositeByteBuf current = parts;
        if (current == null) {
            current = like.alloc().compositeBuffer(Integer.MAX_VALUE);
            parts = current;
        }
        return current;
    }

    private void count(long bytes) {
        heldBytes += bytes;
        unfinished.take(bytes);
    }

    /** The whole body after {@link #add} has said so; it belongs to this object. */
    ByteBuf body() {
        CompositeByteBuf current = parts;
        if (current == null) {
            ByteBuf only = tail;
            return only == null ? Unpooled.EMPTY_BUFFER : only;
        }
        sealTail();
        return current;
    }

    /** The message is published or discarded: gives back what was held. */
    void reset() {
        expecting = Expecting.METHOD;
        if (headerHeld) {
            header.release();
            headerHeld = false;
        }
        header = Unpooled.EMPTY_BUFFER;
        if (parts != null) {
            parts.release();
            parts = null;
        }
        if (tail != null) {
            tail.release();
            tail = null;
        }
        lastSliced = null;
        if (heldBytes != 0) {
            unfinished.giveBack(heldBytes);
            heldBytes = 0;
        }
    }
}
