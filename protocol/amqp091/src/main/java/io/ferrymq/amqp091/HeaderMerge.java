package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.BasicProperty;
import io.ferrymq.amqp091.codec.LongString;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.message.DeathHeaders;
import io.ferrymq.broker.message.DelayHeaders;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.MessageView;
import io.ferrymq.broker.message.Octets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the broker knows about a message, merged into the header that it came with: {@code x-death} and its companions
 * after dead-lettering, {@code x-delivery-count} after failed deliveries, a delay that is over as its negative. For
 * messages without any of it the header goes out as it came in and this is not used.
 */
final class HeaderMerge {
    private static final List<String> DELAY_HEADERS = List.of(DelayHeaders.ANYWHERE, DelayHeaders.AT_DELAYING_EXCHANGE);

    private HeaderMerge() {}

    static boolean isNeeded(Delivery delivery) {
        return delivery.failedDeliveries() > 0
                || delivery.message().wasDelayed()
                || delivery.message().history() != null
                || delivery.message().formatId() != Amqp091Format.ID;
    }

    /**
     * The property list to send, in a buffer on the heap that needs no release. A header is one frame, so of a history
     * that would make it longer than {@code bytesMax} only the newest deaths are shown, one at least.
     */
    static ByteBuf merge(Delivery delivery, int bytesMax) {
        History history = delivery.message().history();
        int deaths = history == null ? 0 : history.deaths().size();
        ByteBuf merged = merge(delivery, history, deaths);
        while (merged.readableBytes() > bytesMax && deaths > 1) {
            deaths /= 2;
            merged = merge(delivery, history, deaths);
        }
        return merged;
    }

    private static ByteBuf merge(Delivery delivery, @Nullable History history, int deathsMax) {
        PropertyEditor editor = editor(delivery.message());
        if (history != null) {
            addHistory(editor, history, deathsMax);
        }
        if (delivery.message().wasDelayed()) {
            negateDelays(editor, delivery.message());
        }
        if (delivery.failedDeliveries() > 0) {
            editor.header("x-delivery-count", (long) delivery.failedDeliveries());
        }
        ByteBuf merged = Unpooled.buffer(256);
        editor.write(merged);
        return merged;
    }

    /** A message of a protocol whose header cannot be read here goes out with its body and what the broker knows. */
    private static PropertyEditor editor(MessageView message) {
        if (message.formatId() != Amqp091Format.ID) {
            return PropertyEditor.empty().deliveryMode(message.persistent() ? 2 : 1);
        }
        return PropertyEditor.of(
                new BasicProperties().wrap(message.buffer(), message.headerOffset(), message.headerLength()));
    }

    private static void negateDelays(PropertyEditor editor, MessageView message) {
        if (message.formatId() != Amqp091Format.ID) {
            return;
        }
        BasicProperties properties =
                new BasicProperties().wrap(message.buffer(), message.headerOffset(), message.headerLength());
        for (String name : DELAY_HEADERS) {
            long millis = DelayHeaders.millis(properties.header(name).orElse(null));
            if (millis > 0) {
                editor.header(name, negative(millis));
            }
        }
    }

    /** In the narrower type if it fits: some clients read a negative number of 64 bits as an unsigned one. */
    private static Object negative(long millis) {
        if (millis <= Integer.MAX_VALUE) {
            return (int) -millis;
        }
        return -millis;
    }

    private static void addHistory(PropertyEditor editor, History history, int deathsMax) {
        if (history.expirationRemoved()) {
            editor.remove(BasicProperty.EXPIRATION);
        }
        if (history.extraKeysRemoved()) {
            editor.removeHeader("CC");
        }
        DeathHeaders.show(history, deathsMax, (name, value) -> editor.header(name, onTheWire(value)));
    }

    /** Texts that are not UTF-8 as the strings that they came as. */
    private static @Nullable Object onTheWire(@Nullable Object value) {
        return switch (value) {
            case String text when Octets.hasEscapes(text) -> LongString.copyOf(Octets.encode(text));
            case List<?> values -> values.stream().map(HeaderMerge::onTheWire).toList();
            case Map<?, ?> table -> {
                Map<Object, @Nullable Object> written = new LinkedHashMap<>();
                table.forEach((name, entry) -> written.put(name, onTheWire(entry)));
                yield written;
            }
            case null, default -> value;
        };
    }
}
