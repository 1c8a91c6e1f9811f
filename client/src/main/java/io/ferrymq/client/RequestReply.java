package io.ferrymq.client;

import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Requests that go through a queue, and their replies, which do not. Any thread. */
final class RequestReply {
    private final Ferry ferry;

    RequestReply(Ferry ferry) {
        this.ferry = ferry;
    }

    /** @param request the message with these properties */
    <R> CompletableFuture<R> request(
            Function<MessageProperties, OutgoingMessage> request, Codec<R> replies, Duration timeout) {
        MessageProperties properties = MessageProperties.builder()
                .correlationId(ferry.nextId())
                .replyTo(Transport.REPLY_TO)
                .expiration(timeout)
                .build();
        CompletableFuture<Delivery> reply = ferry.replies().request(request.apply(properties), timeout);
        return Promises.offered(reply.thenApply(came -> decoded(came, replies)), () -> reply.cancel(false), v -> v);
    }

    private static <R> R decoded(Delivery reply, Codec<R> codec) {
        Object error = reply.properties().headers().get(Replies.ERROR_HEADER);
        if (error != null) {
            throw new RequestFailedException(error.toString());
        }
        return codec.decode(reply.body());
    }

    /** A handler that sends each requester what {@code answer} says, or throws. */
    <T, R> Handler<T> answering(Codec<R> replies, Answer<T, R> answer) {
        return request -> {
            MessageProperties.Builder properties = MessageProperties.builder()
                    .transientMessage()
                    .messageId(ferry.nextId())
                    .correlationId(request.properties().correlationId());
            byte[] body = new byte[0];
            try {
                body = replies.encode(answer.answer(request.value()));
                properties.contentType(replies.contentType());
            } catch (Exception e) {
                properties.header(Replies.ERROR_HEADER, e.toString());
            }
            String to = request.properties().replyTo();
            if (to != null) {
                Waits.get(ferry.transport()
                        .publish(new OutgoingMessage(
                                "", to, properties.build(), body, OutgoingMessage.Unroutable.DROP)));
            }
        };
    }
}
