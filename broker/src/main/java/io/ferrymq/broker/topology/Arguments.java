package io.ferrymq.broker.topology;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import io.ferrymq.broker.message.ValueCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tables of arguments: copying them, and refusing what the log could not keep. */
final class Arguments {
    private Arguments() {}

    /** A copy that cannot be changed, with null values as they are. */
    static Map<String, @Nullable Object> frozen(Map<String, ? extends @Nullable Object> arguments) {
        return arguments.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
    }

    static void requireStorable(Resource resource, Map<String, @Nullable Object> arguments) {
        if (arguments.isEmpty()) {
            return;
        }
        ByteBuf scratch = Unpooled.buffer(256);
        try {
            ValueCodec.writeTable(scratch, arguments);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(new Refusal.InvalidArgument(
                    resource, "arguments", null, new ValueProblem.NotStorable(String.valueOf(e.getMessage()))));
        } finally {
            scratch.release();
        }
    }
}
