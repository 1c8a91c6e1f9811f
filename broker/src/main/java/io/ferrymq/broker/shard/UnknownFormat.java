package io.ferrymq.broker.shard;

import io.ferrymq.broker.message.MessageFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A header that no protocol here can read. */
record UnknownFormat(byte id) implements MessageFormat {
    @Override
    public Map<String, @Nullable Object> headers(ByteBuf header) {
        return Map.of();
    }

    @Override
    public @Nullable Object header(ByteBuf header, String name) {
        return null;
    }

    @Override
    public @Nullable String property(ByteBuf header, String name) {
        return null;
    }

    @Override
    public ByteBuf withProperties(Map<String, String> properties) {
        return Unpooled.EMPTY_BUFFER;
    }
}
