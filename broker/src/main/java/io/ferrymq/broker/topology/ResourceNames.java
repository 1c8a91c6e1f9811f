package io.ferrymq.broker.topology;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import io.ferrymq.broker.message.ValueCodec;
import io.netty.buffer.ByteBufUtil;
import java.util.Optional;

/** The rules for names of exchanges and queues, and for routing keys. */
public final class ResourceNames {
    /** The longest name or key, in bytes of UTF-8: what fits a short string of AMQP 0-9-1. */
    public static final int BYTES_MAX = 255;

    static final String RESERVED_PREFIX = "amq.";

    private ResourceNames() {}

    /** The name without line ends, as RabbitMQ takes it; names come in this form from every spec. */
    public static String stripped(String name) {
        boolean clean = name.indexOf('\n') < 0 && name.indexOf('\r') < 0;
        return clean ? name : name.replace("\n", "").replace("\r", "");
    }

    /** Whether the name is kept for the broker. */
    public static boolean isReserved(String name) {
        return name.startsWith(RESERVED_PREFIX);
    }

    static void requireStorable(Resource resource) {
        requireStorable(resource, "name", resource.name());
    }

    /** Refuses what is too long, or would not come back from the log as it was. */
    static void requireStorable(Resource resource, String what, String text) {
        problem(text).ifPresent(why -> {
            throw new RefusedException(
                    new Refusal.InvalidArgument(resource, what, text, new ValueProblem.NotStorable(why)));
        });
    }

    static void requireStorable(VhostSpec spec) {
        requireStorable("virtual host name", spec.name());
        requireStorable("description", spec.description());
        spec.tags().forEach(tag -> requireStorable("tag", tag));
        if (spec.name().isEmpty()) {
            throw new RefusedException(new Refusal.InvalidText("virtual host name", "", "empty"));
        }
    }

    private static void requireStorable(String what, String text) {
        problem(text).ifPresent(why -> {
            throw new RefusedException(new Refusal.InvalidText(what, text, why));
        });
    }

    private static Optional<String> problem(String text) {
        if (ByteBufUtil.utf8Bytes(text) > BYTES_MAX) {
            return Optional.of("longer than " + BYTES_MAX + " bytes");
        }
        return ValueCodec.isUnicode(text) ? Optional.empty() : Optional.of("not valid Unicode");
    }
}
