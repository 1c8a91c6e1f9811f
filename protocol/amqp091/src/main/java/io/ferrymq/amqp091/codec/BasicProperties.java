package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A window on the property list of a message, in the octets that it came in. A property is looked for when it is asked
 * for, by stepping over those before it (13 at most); none is decoded on the way and only the flags are kept. Questions with a
 * number for an answer allocate nothing.
 *
 * <p>The octets have to be checked once ({@link ContentHeader#wrap} does it, or {@link #validate}) before anything is
 * asked. Strings are shown as text, with U+FFFD for what is not UTF-8; whoever needs the octets takes them from {@link
 * #indexOf}.
 */
public final class BasicProperties {
    /** The octets of a list without properties. Not to be released. */
    public static final ByteBuf NONE =
            Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(new byte[2]).asReadOnly());

    private static final int NOT_READ = -1;

    private ByteBuf buffer = NONE;
    private int offset;
    private int length = NONE.readableBytes();
    /** The first flag word, or {@link #NOT_READ}: a message is asked for several properties. */
    private int flags = NOT_READ;

    /** Points this window at {@code length} octets from the absolute index {@code offset}: flags and values. */
    public BasicProperties wrap(ByteBuf buffer, int offset, int length) {
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
        this.flags = NOT_READ;
        return this;
    }

    /** Points this window at the readable octets of {@code list}, whose indexes stay where they are. */
    public BasicProperties wrap(ByteBuf list) {
        return wrap(list, list.readerIndex(), list.readableBytes());
    }

    /**
     * Checks flags and every value, headers included, in one pass without decoding. After it no method here fails.
     *
     * @throws MalformedFrameException 501 if a value leads out of the list or octets are left over, 502 for unknown
     *     flags and for headers that {@link FieldTable#validate} refuses
     */
    public static void validate(ByteBuf in, int offset, int length) {
        PropertyList.validate(in, offset, length);
    }

    /** The buffer that holds the list, from {@link #offset} on. */
    public ByteBuf buffer() {
        return buffer;
    }

    /** Absolute index of the first flag word. */
    public int offset() {
        return offset;
    }

    /** Octets of flags and values together. */
    public int length() {
        return length;
    }

    /** The list's octets with a reference of their own, which the caller releases. */
    public ByteBuf retainedList() {
        return buffer.retainedSlice(offset, length);
    }

    public boolean has(BasicProperty property) {
        return property.isIn(flags());
    }

    private int flags() {
        if (flags == NOT_READ) {
            flags = PropertyList.flags(buffer, offset);
        }
        return flags;
    }

    /**
     * Absolute index of a property's value as it is on the wire (a string begins with its length octet); -1 if absent.
     */
    public int indexOf(BasicProperty wanted) {
        int set = flags();
        if (!wanted.isIn(set)) {
            return -1;
        }
        int at = PropertyList.valuesOffset(buffer, offset);
        for (BasicProperty property : BasicProperty.inOrder()) {
            if (property == wanted) {
                break;
            }
            at = property.isIn(set) ? property.skip(buffer, at) : at;
        }
        return at;
    }

    /** Whether delivery mode is 2; an absent one is not. */
    public boolean isPersistent() {
        return deliveryModeOr(1) == 2;
    }

    /** 1 is transient, 2 is persistent; whatever was sent is returned. */
    public int deliveryModeOr(int absent) {
        return octetOr(BasicProperty.DELIVERY_MODE, absent);
    }

    /** 0 to 255. */
    public int priorityOr(int absent) {
        return octetOr(BasicProperty.PRIORITY, absent);
    }

    /** Seconds since 1970 as an unsigned 64-bit number; some clients send milliseconds. */
    public long timestampSecondsOr(long absent) {
        int at = indexOf(BasicProperty.TIMESTAMP);
        return at < 0 ? absent : buffer.getLong(at);
    }

    public Optional<String> contentType() {
        return text(BasicProperty.CONTENT_TYPE);
    }

    public Optional<String> contentEncoding() {
        return text(BasicProperty.CONTENT_ENCODING);
    }

    public Optional<String> correlationId() {
        return text(BasicProperty.CORRELATION_ID);
    }

    public Optional<String> replyTo() {
        return text(BasicProperty.REPLY_TO);
    }

    /** Milliseconds in decimal digits, as sent: not checked. */
    public Optional<String> expiration() {
        return text(BasicProperty.EXPIRATION);
    }

    public Optional<String> messageId() {
        return text(BasicProperty.MESSAGE_ID);
    }

    public Optional<String> type() {
        return text(BasicProperty.TYPE);
    }

    public Optional<String> userId() {
        return text(BasicProperty.USER_ID);
    }

    public Optional<String> appId() {
        return text(BasicProperty.APP_ID);
    }

    public Optional<String> clusterId() {
        return text(BasicProperty.CLUSTER_ID);
    }

    /** All headers, decoded into a fresh map; empty if there are none. */
    public Map<String, @Nullable Object> headers() {
        int at = indexOf(BasicProperty.HEADERS);
        return at < 0 ? Map.of() : FieldTable.read(buffer.slice(at, offset + length - at));
    }

    /** One header, found without decoding the others; empty if it is absent or void. Of two with one name, the last. */
    public Optional<Object> header(String name) {
        int at = indexOf(BasicProperty.HEADERS);
        return at < 0 ? Optional.empty() : Optional.ofNullable(HeaderSearch.last(buffer, at, name));
    }

    private int octetOr(BasicProperty property, int absent) {
        int at = indexOf(property);
        return at < 0 ? absent : buffer.getUnsignedByte(at);
    }

    /** The octets of a property that is a short string, which need not be UTF-8; empty if it is absent. */
    public Optional<byte[]> octets(BasicProperty property) {
        if (property.kind() != BasicProperty.Kind.SHORT_STRING) {
            throw new IllegalArgumentException(property + " is not a string");
        }
        int at = indexOf(property);
        if (at < 0) {
            return Optional.empty();
        }
        byte[] octets = new byte[buffer.getUnsignedByte(at)];
        buffer.getBytes(at + 1, octets);
        return Optional.of(octets);
    }

    private Optional<String> text(BasicProperty property) {
        int at = indexOf(property);
        if (at < 0) {
            return Optional.empty();
        }
        return Optional.of(buffer.toString(at + 1, buffer.getUnsignedByte(at), StandardCharsets.UTF_8));
    }
}
