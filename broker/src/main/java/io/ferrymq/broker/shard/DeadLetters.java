package io.ferrymq.broker.shard;

import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.Deaths;
import io.ferrymq.broker.message.DelayHeaders;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.MessageFormat;
import io.ferrymq.broker.message.MessageFormats;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.broker.queue.Queue;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends dead messages where their queue's terms say, with their history. Lane only. */
final class DeadLetters {
    /** Publishes on behalf of a queue; the history says where it must not go again. */
    interface Publisher {
        void publish(String vhost, Publication message, History history);
    }

    /** Sends one on that never was in its queue. */
    interface Unstored {
        void send(Queue queue, Publication message, @Nullable History earlier);
    }

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private static final long TELL_MILLIS = 1_000;

    private final LongSupplier clockMillis;
    private final MessageFormats formats;
    private final Publisher publisher;
    private long toldMillis;
    private long dropped;

    DeadLetters(LongSupplier clockMillis, MessageFormats formats, Publisher publisher) {
        this.clockMillis = clockMillis;
        this.formats = formats;
        this.publisher = publisher;
    }

    /** A stored message dies in {@code queue}. The view is not used after this call. */
    void send(Queue queue, StoredMessage message, Death.Reason reason) {
        MessageFormat format = formats.get(message.formatId());
        if (queue.terms().deadLetterExchange() == null || format == null) {
            return;
        }
        ByteBuf buffer = message.buffer();
        ByteBuf header = buffer.retainedSlice(message.headerOffset(), message.headerLength());
        ByteBuf body = buffer.retainedSlice(message.bodyOffset(), message.bodyLength());
        try {
            Publication dead = new Publication(format);
            dead.content(header, body);
            dead.terms(message.persistent(), message.priority(), Publication.NEVER);
            if (message.wasDelayed()) {
                dead.delayed();
            } else {
                dead.delays(0, DelayHeaders.millis(format.header(header, DelayHeaders.AT_DELAYING_EXCHANGE)));
            }
            dead.address(
                    ShortText.of(buffer, message.exchangeOffset(), message.exchangeLength()),
                    ShortText.of(buffer, message.routingKeyOffset(), message.routingKeyLength()),
                    List.of(),
                    message.secretRoutingKeys());
            send(queue, dead, message.history(), reason);
        } finally {
            header.release();
            body.release();
        }
    }

    /** A message dies on its way into {@code queue}; {@code earlier} is its history if it was dead already. */
    void sendUnstored(Queue queue, Publication message, @Nullable History earlier, Death.Reason reason) {
        Publication dead = new Publication(message.format());
        dead.content(message.header(), message.body());
        dead.terms(message.persistent(), message.priority(), Publication.NEVER);
        dead.delays(0, message.exchangeDelayMillis());
        if (message.wasDelayed()) {
            dead.delayed();
        }
        dead.address(message.exchange(), message.key(), List.of(), message.secretRoutingKeys());
        send(queue, dead, earlier, reason);
    }

    /** {@code dead} still has the address, without keys that its header shows, that it died with. */
    private void send(Queue queue, Publication dead, @Nullable History earlier, Death.Reason reason) {
        String target = queue.terms().deadLetterExchange();
        if (target == null) {
            return;
        }
        if (earlier != null && Deaths.isTooLong(earlier)) {
            tellDropped(queue, earlier);
            return;
        }
        List<String> shownKeys = earlier != null && earlier.extraKeysRemoved() ? List.of() : extraKeys(dead);
        boolean expirationShown = earlier == null || !earlier.expirationRemoved();
        Death death = new Death(
                queue.name(),
                reason,
                1,
                clockMillis.getAsLong(),
                dead.exchange().text(),
                joined(List.of(dead.routingKey()), shownKeys),
                expirationShown ? dead.property("expiration") : null);
        String newKey = queue.terms().deadLetterRoutingKey();
        if (newKey == null) {
            List<String> secretKeys = dead.secretRoutingKeys();
            dead.address(ShortText.of(target), dead.key(), joined(shownKeys, secretKeys), secretKeys);
        } else {
            dead.address(ShortText.of(target), ShortText.of(newKey), List.of());
        }
        publisher.publish(queue.vhost(), dead, Deaths.after(earlier, death, newKey != null));
    }

    /** A line a second at most: whoever makes messages go round can make very many of them. */
    private void tellDropped(Queue queue, History history) {
        dropped++;
        long now = clockMillis.getAsLong();
        if (Math.abs(now - toldMillis) < TELL_MILLIS) {
            return;
        }
        LOG.warn(
                "a message died in {} after {} deaths and is dropped; {} dropped so since the last such line",
                queue.name(),
                history.deaths().size(),
                dropped);
        toldMillis = now;
        dropped = 0;
    }

    private static List<String> extraKeys(Publication message) {
        return message.format().texts(message.header(), "CC");
    }

    private static List<String> joined(List<String> keys, List<String> others) {
        if (others.isEmpty()) {
            return keys;
        }
        List<String> all = new ArrayList<>(keys);
        all.addAll(others);
        return List.copyOf(all);
    }
}
