package io.ferrymq.embedded;

import io.ferrymq.broker.Link;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.shard.BrokenShardException;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.RefusedException;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.UnroutableException;
import io.ferrymq.log.CommandLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishing of one transport: messages in, confirms out. Lane only.
 *
 * <p>While the log lags, messages wait here in their order; while memory or disk is short, they are refused.
 */
final class EmbeddedPublisher {
    /** What a record needs beside the body: as much as a header, and what the broker adds. */
    private static final int HEADER_BYTES_MAX = 2 << 20;

    private static final int BODY_BYTES_MAX = CommandLog.PAYLOAD_BYTES_MAX - 8 * HEADER_BYTES_MAX;

    private static final int PRIORITY_MAX = 255;

    private record Waiting(OutgoingMessage message, CompletableFuture<Void> confirmed) {}

    private record Unconfirmed(long durableAt, CompletableFuture<Void> confirmed) {}

    private final Link link;
    private final Supplier<@Nullable String> shortage;
    private final Publication publication = new Publication(EmbeddedFormat.INSTANCE);
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final ArrayDeque<Unconfirmed> unconfirmed = new ArrayDeque<>();
    private @Nullable String replyAddress;

    /** @param shortage why no message can be taken now; null if one can */
    EmbeddedPublisher(Link link, Supplier<@Nullable String> shortage) {
        this.link = link;
        this.shortage = shortage;
    }

    void replyAddress(String address) {
        replyAddress = address;
    }

    void publish(OutgoingMessage message, CompletableFuture<Void> confirmed) {
        if (!waiting.isEmpty() || link.congested()) {
            waiting.add(new Waiting(message, confirmed));
        } else {
            send(message, confirmed);
        }
    }

    /** The log has caught up. */
    void relieved() {
        while (!waiting.isEmpty() && !link.congested()) {
            Waiting next = waiting.remove();
            send(next.message, next.confirmed);
        }
    }

    private void send(OutgoingMessage message, CompletableFuture<Void> confirmed) {
        String reason = shortage.get();
        if (reason != null) {
            confirmed.completeExceptionally(new RefusedException(reason));
            return;
        }
        try {
            fill(message);
            link.publish(publication);
            decided(message, confirmed);
        } catch (io.ferrymq.broker.RefusedException e) {
            confirmed.completeExceptionally(Refusals.requestException(e));
        } catch (BrokenShardException e) {
            confirmed.completeExceptionally(new ClosedException("the broker has failed", e));
            throw e;
        } catch (RuntimeException e) {
            confirmed.completeExceptionally(
                    new RequestException(RequestException.Reason.INVALID, String.valueOf(e.getMessage()), e));
        }
    }

    /** Throws if one of these would not be taken at all; a queue may be full nevertheless. */
    void requireAcceptable(List<OutgoingMessage> messages) {
        String reason = shortage.get();
        if (reason != null && !messages.isEmpty()) {
            throw new RefusedException(reason);
        }
        for (OutgoingMessage message : messages) {
            fill(message);
            link.checkPublish(publication);
        }
    }

    /** Publishes without an answer of its own; false if a queue refused it. */
    boolean publishNow(OutgoingMessage message) {
        fill(message);
        link.publish(publication);
        return publication.outcome() != Publication.Outcome.REJECTED;
    }

    private void fill(OutgoingMessage message) {
        if (message.body().length > BODY_BYTES_MAX) {
            throw new IllegalArgumentException("a body of " + message.body().length + " bytes is too large");
        }
        MessageProperties properties = message.properties();
        if (Transport.REPLY_TO.equals(properties.replyTo())) {
            if (replyAddress == null) {
                throw new IllegalArgumentException("nobody consumes " + Transport.REPLY_TO + " here");
            }
            properties = properties.toBuilder().replyTo(replyAddress).build();
        }
        publication.address(ShortText.of(message.exchange()), ShortText.of(message.routingKey()), List.of());
        ByteBuf header = EmbeddedFormat.encode(properties);
        if (header.readableBytes() > HEADER_BYTES_MAX) {
            throw new IllegalArgumentException("properties of " + header.readableBytes() + " bytes are too large");
        }
        publication.content(header, Unpooled.wrappedBuffer(message.body()));
        publication.terms(properties.persistent(), priority(properties), expirationMillis(properties));
    }

    private static int priority(MessageProperties properties) {
        int priority = Objects.requireNonNullElse(properties.priority(), 0);
        if (priority < 0 || priority > PRIORITY_MAX) {
            throw new IllegalArgumentException("a priority of " + priority + ": 0 to 255 is possible");
        }
        return priority;
    }

    private static long expirationMillis(MessageProperties properties) {
        Duration expiration = properties.expiration();
        if (expiration == null) {
            return Publication.NEVER;
        }
        long millis = expiration.toMillis();
        if (millis < 0 || millis > Publication.EXPIRATION_MILLIS_MAX) {
            throw new IllegalArgumentException("an expiration of " + expiration);
        }
        return millis;
    }

    private void decided(OutgoingMessage message, CompletableFuture<Void> confirmed) {
        switch (publication.outcome()) {
            case REJECTED -> confirmed.completeExceptionally(new RefusedException("a queue refused the message: full"));
            case UNROUTED -> {
                if (message.unroutable() == OutgoingMessage.Unroutable.FAIL) {
                    confirmed.completeExceptionally(new UnroutableException(message.exchange(), message.routingKey()));
                } else {
                    confirmed.complete(null);
                }
            }
            case ACCEPTED -> accepted(confirmed);
        }
    }

    private void accepted(CompletableFuture<Void> confirmed) {
        long durableAt = publication.durableAt();
        if (durableAt <= link.durableSequence()) {
            confirmed.complete(null);
        } else {
            unconfirmed.add(new Unconfirmed(durableAt, confirmed));
            link.awaitDurable(durableAt);
        }
    }

    void durable(long sequence) {
        for (Unconfirmed first = unconfirmed.peek();
                first != null && first.durableAt <= sequence;
                first = unconfirmed.peek()) {
            unconfirmed.remove();
            first.confirmed.complete(null);
        }
    }

    void end(ClosedException reason) {
        waiting.forEach(left -> left.confirmed.completeExceptionally(reason));
        waiting.clear();
        unconfirmed.forEach(left -> left.confirmed.completeExceptionally(reason));
        unconfirmed.clear();
    }
}
