package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A new property list from an old one: what is not touched is copied octet for octet, single headers included. Used for
 * one message on one thread and then dropped; the source has to stay as it is until {@link #write}.
 *
 * <p>A value that has no room in its property is refused with {@link IllegalArgumentException} when it is set.
 */
public final class PropertyEditor {
    private final BasicProperties source;
    /** Values as they go on the wire. */
    private final Map<BasicProperty, ByteBuf> replaced = new EnumMap<>(BasicProperty.class);

    private final Set<BasicProperty> removed = EnumSet.noneOf(BasicProperty.class);
    private final HeaderEdits headerEdits = new HeaderEdits();

    private PropertyEditor(BasicProperties source) {
        this.source = source;
    }

    /** Starts from the properties that {@code source} shows. */
    public static PropertyEditor of(BasicProperties source) {
        return new PropertyEditor(source);
    }

    /** Starts from no properties. */
    public static PropertyEditor empty() {
        return new PropertyEditor(new BasicProperties());
    }

    /** Sets a property that is a short string, to at most 255 octets of UTF-8. */
    public PropertyEditor text(BasicProperty property, String value) {
        if (property.kind() != BasicProperty.Kind.SHORT_STRING) {
            throw new IllegalArgumentException(property + " is not a string");
        }
        ByteBuf octets = Unpooled.buffer();
        ArgumentWriter.writeShortString(octets, value);
        return replace(property, octets);
    }

    /** 1 is transient, 2 is persistent. */
    public PropertyEditor deliveryMode(int value) {
        return octet(BasicProperty.DELIVERY_MODE, value);
    }

    /** 0 to 255. */
    public PropertyEditor priority(int value) {
        return octet(BasicProperty.PRIORITY, value);
    }

    /** Seconds since 1970. */
    public PropertyEditor timestampSeconds(long value) {
        return replace(BasicProperty.TIMESTAMP, Unpooled.buffer(Long.BYTES).writeLong(value));
    }

    /** Replaces all headers, single ones set before included. */
    public PropertyEditor headers(Map<String, ? extends @Nullable Object> headers) {
        ByteBuf octets = Unpooled.buffer();
        FieldTable.write(octets, headers);
        headerEdits.clear();
        return replace(BasicProperty.HEADERS, octets);
    }

    /** Sets one header. It goes behind the others, which keep their octets. */
    public PropertyEditor header(String name, @Nullable Object value) {
        headerEdits.set(name, value);
        return this;
    }

    /** Takes one header away; the others keep their octets. */
    public PropertyEditor removeHeader(String name) {
        headerEdits.remove(name);
        return this;
    }

    /** Takes a property away; of {@link BasicProperty#HEADERS} all, single ones set before included. */
    public PropertyEditor remove(BasicProperty property) {
        if (property == BasicProperty.HEADERS) {
            headerEdits.clear();
        }
        replaced.remove(property);
        removed.add(property);
        return this;
    }

    /** Writes the new list, flags and values, behind {@code out}'s writer index. May be called again. */
    public void write(ByteBuf out) {
        int start = out.writerIndex();
        out.writeShort(0);
        int flags = 0;
        for (BasicProperty property : BasicProperty.inOrder()) {
            if (writeValue(out, property)) {
                flags |= property.flag();
            }
        }
        out.setShort(start, flags);
    }

    private boolean writeValue(ByteBuf out, BasicProperty property) {
        ByteBuf base = base(property);
        if (property == BasicProperty.HEADERS && headerEdits.changes(base)) {
            headerEdits.write(out, base);
            return true;
        }
        out.writeBytes(base, base.readerIndex(), base.readableBytes());
        return base.isReadable();
    }

    /** The octets of a value before single headers are edited; none if there is no such property. */
    private ByteBuf base(BasicProperty property) {
        ByteBuf replacement = replaced.get(property);
        if (replacement != null) {
            return replacement;
        }
        int at = removed.contains(property) ? -1 : source.indexOf(property);
        return at < 0 ? Unpooled.EMPTY_BUFFER : source.buffer().slice(at, property.skip(source.buffer(), at) - at);
    }

    private PropertyEditor octet(BasicProperty property, int value) {
        if (value < 0 || value > 255) {
            throw new IllegalArgumentException(property + " " + value);
        }
        return replace(property, Unpooled.buffer(1).writeByte(value));
    }

    private PropertyEditor replace(BasicProperty property, ByteBuf octets) {
        replaced.put(property, octets);
        return this;
    }
}
