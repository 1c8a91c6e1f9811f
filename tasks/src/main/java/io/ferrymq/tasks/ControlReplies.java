package io.ferrymq.tasks;

import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.Fields;
import io.ferrymq.tasks.message.KombuJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where workers' answers to commands come back to. Any thread; answers come in on the transport's.
 *
 * <pre>
 *   worker → reply.celery.pidbox (direct), key = our id → &lt;id&gt;.reply.celery.pidbox, by its ticket → who asked
 * </pre>
 */
final class ControlReplies {
    static final String EXCHANGE = "reply.celery.pidbox";

    private static final Logger LOG = LoggerFactory.getLogger(ControlReplies.class);
    private static final long QUEUE_EXPIRES_MILLIS = 10_000;
    private static final int ANSWERS_MAX = 10_000;

    /** Where answers to one question go. */
    record Address(String ticket, String routingKey) {}

    private final Transport transport;
    private final LogicalClock clock;
    private final String id = UUID.randomUUID().toString();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Map<String, @Nullable Object>> questions = new ConcurrentHashMap<>();

    /** Guarded by the lock. */
    private @Nullable CompletableFuture<?> listening;

    ControlReplies(Transport transport, LogicalClock clock) {
        this.transport = transport;
        this.clock = clock;
    }

    /** Asks, and gives what was answered within a time. Fails if the question cannot be sent. */
    CompletableFuture<Map<String, @Nullable Object>> collect(
            Duration timeout, Function<Address, CompletableFuture<Void>> ask) {
        String ticket = UUID.randomUUID().toString();
        Map<String, @Nullable Object> answers = new LinkedHashMap<>();
        questions.put(ticket, answers);
        CompletableFuture<Map<String, @Nullable Object>> collected = new CompletableFuture<>();
        CompletableFuture<?> unused = listen().thenCompose(ready -> ask.apply(new Address(ticket, id)))
                .whenComplete((sent, problem) -> {
                    if (problem != null) {
                        questions.remove(ticket);
                        collected.completeExceptionally(problem);
                    } else {
                        CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS)
                                .execute(() -> {
                                    questions.remove(ticket);
                                    synchronized (answers) {
                                        collected.complete(new LinkedHashMap<>(answers));
                                    }
                                });
                    }
                });
        return collected;
    }

    private CompletableFuture<?> listen() {
        lock.lock();
        try {
            CompletableFuture<?> known = listening;
            if (known != null && !known.isCompletedExceptionally()) {
                return known;
            }
            String queue = id + "." + EXCHANGE;
            QueueDeclaration declaration =
                    new QueueDeclaration(queue, false, false, true, Map.of("x-expires", QUEUE_EXPIRES_MILLIS));
            CompletableFuture<?> now = transport
                    .declareExchange(new ExchangeDeclaration(EXCHANGE, "direct", false, false, Map.of()))
                    .thenCompose(done -> transport.declareQueue(declaration))
                    .thenCompose(done -> transport.bind(new Binding(queue, EXCHANGE, id)))
                    .thenCompose(done -> transport.consume(ConsumeSpec.settledOnDelivery(queue), this::came));
            listening = now;
            return now;
        } finally {
            lock.unlock();
        }
    }

    private void came(Delivery delivery) {
        Map<String, @Nullable Object> headers = delivery.properties().headers();
        Map<String, @Nullable Object> answers = questions.get(String.valueOf(headers.get("ticket")));
        try {
            clock.adjust(headers.get("clock"));
            if (answers != null) {
                Map<?, ?> body =
                        Fields.of(KombuJson.read(delivery.body()), "an answer").all();
                synchronized (answers) {
                    body.forEach((worker, answer) -> {
                        if (answers.size() < ANSWERS_MAX) {
                            answers.put(String.valueOf(worker), answer);
                        }
                    });
                }
            }
        } catch (BadMessageException e) {
            LOG.warn("an answer to a command is dropped: {}", e.getMessage());
        }
    }
}
