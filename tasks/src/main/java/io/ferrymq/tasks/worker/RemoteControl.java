package io.ferrymq.tasks.worker;

import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.OutgoingMessage.Unroutable;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.tasks.Control;
import io.ferrymq.tasks.LogicalClock;
import io.ferrymq.tasks.WireMessages;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.ControlMessage;
import io.ferrymq.tasks.message.KombuJson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's ear for commands to all workers, and its answers. Works on the transport's thread.
 *
 * <pre>
 *   celery.pidbox (fanout) → &lt;worker&gt;.celery.pidbox → command → reply.celery.pidbox (direct) → whoever asked
 * </pre>
 */
final class RemoteControl {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteControl.class);
    private static final long MESSAGE_TTL_MILLIS = 300_000;
    private static final long QUEUE_EXPIRES_MILLIS = 10_000;

    private final String worker;
    private final Transport transport;
    private final LogicalClock logicalClock;
    private final Commands commands;

    RemoteControl(String worker, Transport transport, LogicalClock logicalClock, Commands commands) {
        this.logicalClock = logicalClock;
        this.worker = worker;
        this.transport = transport;
        this.commands = commands;
    }

    /** Begins to listen, until that is cancelled. */
    CompletableFuture<Consumption> start() {
        String queue = worker + "." + Control.EXCHANGE;
        QueueDeclaration declaration = new QueueDeclaration(
                queue,
                false,
                false,
                true,
                Map.of("x-message-ttl", MESSAGE_TTL_MILLIS, "x-expires", QUEUE_EXPIRES_MILLIS));
        return transport
                .declareExchange(new ExchangeDeclaration(Control.EXCHANGE, "fanout", false, false, Map.of()))
                .thenCompose(done -> transport.declareQueue(declaration))
                .thenCompose(done -> transport.bind(new Binding(queue, Control.EXCHANGE, "")))
                .thenCompose(done -> transport.consume(ConsumeSpec.settledOnDelivery(queue), this::delivered));
    }

    private void delivered(Delivery delivery) {
        try {
            logicalClock.adjust(delivery.properties().headers().get("clock"));
            ControlMessage message = ControlMessage.decode(WireMessages.of(delivery));
            if (message.isFor(worker)) {
                answer(message, commands.run(message));
            }
        } catch (BadMessageException e) {
            LOG.warn("a command is dropped: {}", e.getMessage());
        }
    }

    private void answer(ControlMessage message, @Nullable Object value) {
        if (message.replyKey() == null || message.replyExchange() == null) {
            return;
        }
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put(worker, value);
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        headers.put("ticket", message.ticket());
        headers.put("clock", logicalClock.forward());
        MessageProperties properties = MessageProperties.builder()
                .contentType("application/json")
                .contentEncoding("utf-8")
                .headers(headers)
                .transientMessage()
                .build();
        CompletableFuture<?> unused = transport
                .publish(new OutgoingMessage(
                        message.replyExchange(),
                        message.replyKey(),
                        properties,
                        KombuJson.write(body),
                        Unroutable.DROP))
                .whenComplete((done, problem) -> {
                    if (problem != null) {
                        // Whoever asks has its own time limit, and may have gone.
                        LOG.debug("an answer to {} was not sent", message.method(), problem);
                    }
                });
    }
}
