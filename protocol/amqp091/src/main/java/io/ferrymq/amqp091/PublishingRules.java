package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.BasicProperty;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.Identity;
import io.ferrymq.broker.message.DelayHeaders;
import io.ferrymq.broker.message.Octets;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the properties of a published message mean for the broker, and which of them are not allowed.
 *
 * <p>Thread contract: the connection's lane. Allocates nothing for a message without CC, BCC or a reply address to be
 * filled in.
 */
final class PublishingRules {
    /** Octets of a routing key, wherever it stands. */
    private static final int KEY_OCTETS_MAX = 255;

    /** Words of all further routing keys together, since a topic exchange goes through them one by one. */
    private static final int WORDS_MAX = 4_096;

    private static final ShortText REPLY_TO = ShortText.of(Names.REPLY_TO);

    private final ShortText user;
    private final boolean mayImpersonate;
    private final BasicProperties properties = new BasicProperties();

    PublishingRules(Identity identity) {
        this.user = ShortText.of(identity.user());
        this.mayImpersonate = identity.tags().contains("impersonator");
    }

    /**
     * Checks the properties and sets address and terms of {@code publication}; returns the header to keep, which is
     * {@code header} unless something in it has to be changed.
     */
    ByteBuf apply(Publication publication, Channel channel, ByteBuf header) {
        properties.wrap(header);
        checkUser();
        publication.terms(properties.isPersistent(), properties.priorityOr(0), expirationMillis());
        publication.address(channel.content().exchange(), channel.content().routingKey(), List.of());
        ByteBuf kept = header;
        if (properties.has(BasicProperty.HEADERS)) {
            kept = routeCopies(publication, kept);
            delay(publication);
        }
        if (properties.has(BasicProperty.REPLY_TO) && isOwnReplyAddress()) {
            kept = fillInReplyAddress(channel, kept);
        }
        return kept;
    }

    private void checkUser() {
        int at = properties.indexOf(BasicProperty.USER_ID);
        if (at < 0 || mayImpersonate) {
            return;
        }
        ByteBuf buffer = properties.buffer();
        if (!user.matches(buffer, at + 1, buffer.getUnsignedByte(at))) {
            throw failed("user_id property set to '" + properties.userId().orElse("") + "' but authenticated user was '"
                    + user.text() + "'");
        }
    }

    private static FaultException failed(String explanation) {
        return new FaultException(ReplyCode.PRECONDITION_FAILED, explanation);
    }

    private long expirationMillis() {
        return properties.has(BasicProperty.EXPIRATION)
                ? Expiration.parseMillis(properties.expiration().orElse(""))
                : Publication.NEVER;
    }

    /** CC and BCC name further routing keys; BCC does so in secret. */
    private ByteBuf routeCopies(Publication publication, ByteBuf header) {
        Object open = properties.header("CC").orElse(null);
        Object secret = properties.header("BCC").orElse(null);
        if (open == null && secret == null) {
            return header;
        }
        List<String> keys = new ArrayList<>();
        addKeys(keys, "CC", open);
        int shown = keys.size();
        addKeys(keys, "BCC", secret);
        requireRoutable(keys);
        publication.address(publication.exchange(), publication.key(), keys, keys.subList(shown, keys.size()));
        return secret == null ? header : edited(PropertyEditor.of(properties).removeHeader("BCC"));
    }

    private void delay(Publication publication) {
        Object anywhere = properties.header(DelayHeaders.ANYWHERE).orElse(null);
        Object atDelayingExchange =
                properties.header(DelayHeaders.AT_DELAYING_EXCHANGE).orElse(null);
        if (anywhere != null || atDelayingExchange != null) {
            publication.delays(DelayHeaders.millis(anywhere), DelayHeaders.millis(atDelayingExchange));
        }
    }

    private static void addKeys(List<String> keys, String name, @Nullable Object value) {
        if (value == null) {
            return;
        }
        if (!(value instanceof List<?> values)) {
            throw failed(
                    "invalid message: {unacceptable_type_in_header,\"" + name + "\"," + ErlangTerms.type(value) + "}");
        }
        keys.addAll(Amqp091Format.texts(values));
    }

    private static void requireRoutable(List<String> keys) {
        int words = 0;
        for (String key : keys) {
            int octets = Octets.length(key);
            if (octets > KEY_OCTETS_MAX) {
                throw failed("a routing key in CC or BCC of " + octets + " octets, at most " + KEY_OCTETS_MAX);
            }
            words += 1 + (int) key.chars().filter(c -> c == '.').count();
        }
        if (words > WORDS_MAX) {
            throw failed("routing keys in CC and BCC of " + words + " words in all, at most " + WORDS_MAX);
        }
    }

    private boolean isOwnReplyAddress() {
        int at = properties.indexOf(BasicProperty.REPLY_TO);
        ByteBuf buffer = properties.buffer();
        return REPLY_TO.matches(buffer, at + 1, buffer.getUnsignedByte(at));
    }

    private ByteBuf fillInReplyAddress(Channel channel, ByteBuf header) {
        ReplyConsumer consumer = channel.consumption().replyConsumer();
        if (consumer == null) {
            throw failed("fast reply consumer does not exist");
        }
        return edited(PropertyEditor.of(properties.wrap(header)).text(BasicProperty.REPLY_TO, consumer.address()));
    }

    private static ByteBuf edited(PropertyEditor editor) {
        ByteBuf header = Unpooled.buffer(256);
        editor.write(header);
        return header;
    }
}
