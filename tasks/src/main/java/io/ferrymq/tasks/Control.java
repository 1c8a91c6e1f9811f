package io.ferrymq.tasks;

import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.tasks.message.KombuJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Tells workers what to do, all of them at once, as Celery's remote control does. Any thread.
 *
 * <p>A command is a message to the fanout exchange {@value #EXCHANGE}; every worker has a queue there.
 */
public final class Control {
    /** What happens to a call that already runs. */
    public enum Revoke {
        IF_WAITING,
        ALSO_IF_RUNNING
    }

    /** The exchange of commands. */
    public static final String EXCHANGE = "celery.pidbox";

    private final Transport transport;
    private final CompletableFuture<Void> declared;

    Control(Transport transport) {
        this.transport = transport;
        this.declared = transport.declareExchange(new ExchangeDeclaration(EXCHANGE, "fanout", false, false, Map.of()));
    }

    /** Has workers drop a call. Completes when the broker has the command; who obeys is not known. */
    public CompletableFuture<Void> revoke(String taskId, Revoke what) {
        return revoke(List.of(taskId), what);
    }

    /** Has workers drop calls. Completes when the broker has the command; who obeys is not known. */
    public CompletableFuture<Void> revoke(List<String> taskIds, Revoke what) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        arguments.put("task_id", taskIds.size() == 1 ? taskIds.get(0) : taskIds);
        arguments.put("terminate", what == Revoke.ALSO_IF_RUNNING);
        arguments.put("signal", "SIGTERM");
        return broadcast("revoke", arguments);
    }

    private CompletableFuture<Void> broadcast(String method, Map<String, @Nullable Object> arguments) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("method", method);
        body.put("arguments", arguments);
        body.put("destination", null);
        body.put("pattern", null);
        body.put("matcher", null);
        MessageProperties properties = MessageProperties.builder()
                .contentType("application/json")
                .contentEncoding("utf-8")
                .headers(Map.of("clock", 1, "expires", 0))
                .transientMessage()
                .build();
        OutgoingMessage message =
                new OutgoingMessage(EXCHANGE, "", properties, KombuJson.write(body), OutgoingMessage.Unroutable.DROP);
        return declared.thenCompose(done -> transport.publish(message));
    }
}
