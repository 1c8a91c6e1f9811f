package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Headers set and removed one by one, over a table whose other entries are copied as they are. */
final class HeaderEdits {
    private final Map<String, ByteBuf> set = new LinkedHashMap<>();
    private final Set<String> removed = new HashSet<>();

    void set(String name, @Nullable Object value) {
        ByteBuf entry = Unpooled.buffer();
        ArgumentWriter.writeShortString(entry, name);
        FieldTableWriter.writeValue(entry, value, 1);
        removed.remove(name);
        set.put(name, entry);
    }

    void remove(String name) {
        set.remove(name);
        removed.add(name);
    }

    void clear() {
        set.clear();
        removed.clear();
    }

    /** Whether there is anything to write that {@code base} does not say. */
    boolean changes(ByteBuf base) {
        return !set.isEmpty() || (base.isReadable() && !removed.isEmpty());
    }

    /** Writes a table: the entries of {@code base} (a table, or nothing at all) that are not edited, then those set. */
    void write(ByteBuf out, ByteBuf base) {
        int start = out.writerIndex();
        out.writeInt(0);
        if (base.isReadable()) {
            copyUntouched(out, base);
        }
        for (ByteBuf entry : set.values()) {
            out.writeBytes(entry, entry.readerIndex(), entry.readableBytes());
        }
        out.setInt(start, out.writerIndex() - start - Integer.BYTES);
    }

    private void copyUntouched(ByteBuf out, ByteBuf base) {
        int at = base.readerIndex() + Integer.BYTES;
        while (at < base.writerIndex()) {
            int nameLength = base.getUnsignedByte(at);
            String name = base.toString(at + 1, nameLength, StandardCharsets.UTF_8);
            int next = FieldTableValidator.skipValue(base, at + 1 + nameLength);
            if (!removed.contains(name) && !set.containsKey(name)) {
                out.writeBytes(base, at, next - at);
            }
            at = next;
        }
    }
}
