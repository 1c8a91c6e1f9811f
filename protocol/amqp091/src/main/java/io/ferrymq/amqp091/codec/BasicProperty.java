package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;

/**
 * The properties of a message in the order of the wire (clause 1.8.1), each with its bit in the flag word. Their order
 * is that of the flags, too.
 */
public enum BasicProperty {
    CONTENT_TYPE(15, Kind.SHORT_STRING),
    CONTENT_ENCODING(14, Kind.SHORT_STRING),
    HEADERS(13, Kind.TABLE),
    DELIVERY_MODE(12, Kind.OCTET),
    PRIORITY(11, Kind.OCTET),
    CORRELATION_ID(10, Kind.SHORT_STRING),
    REPLY_TO(9, Kind.SHORT_STRING),
    EXPIRATION(8, Kind.SHORT_STRING),
    MESSAGE_ID(7, Kind.SHORT_STRING),
    TIMESTAMP(6, Kind.UINT64),
    TYPE(5, Kind.SHORT_STRING),
    USER_ID(4, Kind.SHORT_STRING),
    APP_ID(3, Kind.SHORT_STRING),
    /** Reserved by 0-9-1 and still sent by some. */
    CLUSTER_ID(2, Kind.SHORT_STRING);

    /** How the value of a property is written. */
    enum Kind {
        SHORT_STRING,
        TABLE,
        OCTET,
        UINT64
    }

    private static final BasicProperty[] ORDER = values();

    private final Kind kind;
    private final int flag;

    BasicProperty(int bit, Kind kind) {
        this.kind = kind;
        this.flag = 1 << bit;
    }

    /** All properties in the order of the wire; shared, where {@code values()} would copy. Not to be changed. */
    static BasicProperty[] inOrder() {
        return ORDER;
    }

    Kind kind() {
        return kind;
    }

    boolean isIn(int flags) {
        return (flags & flag) != 0;
    }

    int flag() {
        return flag;
    }

    /** The index behind this property's value at {@code offset}, whose structure was checked before. */
    int skip(ByteBuf in, int offset) {
        return switch (kind) {
            case SHORT_STRING -> offset + 1 + in.getUnsignedByte(offset);
            case TABLE -> offset + Integer.BYTES + in.getInt(offset);
            case OCTET -> offset + 1;
            case UINT64 -> offset + Long.BYTES;
        };
    }

    /** The same for a value that may be malformed: throws unless it ends at {@code end} or before. */
    int validate(ByteBuf in, int offset, int end) {
        if (kind == Kind.TABLE) {
            return FieldTable.validate(in, offset, end);
        }
        boolean hasLength = kind != Kind.SHORT_STRING || offset < end;
        int behind = hasLength ? skip(in, offset) : end + 1;
        if (behind > end) {
            throw MalformedFrameException.frameError("content header ends inside a property");
        }
        return behind;
    }
}
