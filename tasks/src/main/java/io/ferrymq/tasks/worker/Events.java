package io.ferrymq.tasks.worker;

import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.OutgoingMessage.Unroutable;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.tasks.LogicalClock;
import io.ferrymq.tasks.message.KombuJson;
import io.ferrymq.tasks.message.PythonRepr;
import io.ferrymq.tasks.message.TaskMessage;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker tells monitors: its own life and that of each call, to the topic exchange {@code celeryev}, with the kind
 * of event as routing key. Nobody waits for events, and one that cannot be sent is dropped. Any thread.
 */
final class Events {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final String EXCHANGE = "celeryev";
    private static final int HEARTBEAT_SECONDS = 2;

    private final String worker;
    private final Transport transport;
    private final Clock clock;
    private final LogicalClock logicalClock;
    private final AtomicLong processed = new AtomicLong();

    /** Written by who commands, read by all who tell. */
    private volatile boolean taskEvents;

    Events(String worker, Transport transport, Clock clock, LogicalClock logicalClock) {
        this.logicalClock = logicalClock;
        this.worker = worker;
        this.transport = transport;
        this.clock = clock;
    }

    /** The worker's name. */
    String worker() {
        return worker;
    }

    CompletableFuture<Void> start() {
        return transport.declareExchange(ExchangeDeclaration.durable(EXCHANGE, "topic"));
    }

    /** Whether calls are told of, too; a worker is told of in any case. False if that was so before. */
    boolean taskEvents(boolean wanted) {
        boolean before = taskEvents;
        taskEvents = wanted;
        return before != wanted;
    }

    // ---- the worker ----

    void online(int active) {
        worker("worker-online", active);
    }

    void heartbeat(int active) {
        worker("worker-heartbeat", active);
    }

    void offline(int active) {
        worker("worker-offline", active);
    }

    private void worker(String type, int active) {
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("freq", HEARTBEAT_SECONDS);
        event.put("active", active);
        event.put("processed", processed.get());
        event.put("loadavg", List.of(0.0, 0.0, 0.0));
        event.put("sw_ident", "ferrymq-java");
        event.put("sw_ver", Version.TEXT);
        event.put("sw_sys", "Java");
        send(type, event);
    }

    // ---- calls ----

    void received(TaskMessage message) {
        if (taskEvents) {
            Map<String, @Nullable Object> event = about(message);
            event.put("name", message.task());
            event.put("root_id", message.lineage().rootId());
            event.put("parent_id", message.lineage().parentId());
            event.put("args", PythonRepr.ofTuple(message.args()));
            event.put("kwargs", PythonRepr.of(message.kwargs()));
            event.put("retries", message.retries());
            event.put("eta", text(message.timing().eta()));
            event.put("expires", text(message.timing().expires()));
            send("task-received", event);
        }
    }

    private static @Nullable String text(@Nullable Object moment) {
        return moment == null ? null : moment.toString();
    }

    void started(TaskMessage message) {
        processed.incrementAndGet();
        if (taskEvents) {
            send("task-started", about(message));
        }
    }

    void succeeded(TaskMessage message, @Nullable Object result, double runtimeSeconds) {
        if (taskEvents) {
            Map<String, @Nullable Object> event = about(message);
            event.put("result", PythonRepr.of(result));
            event.put("runtime", runtimeSeconds);
            send("task-succeeded", event);
        }
    }

    /** A failure, or a retry after one. */
    void failed(String type, TaskMessage message, String problem, @Nullable String traceback) {
        if (taskEvents) {
            Map<String, @Nullable Object> event = about(message);
            event.put("exception", problem);
            event.put("traceback", traceback);
            send(type, event);
        }
    }

    void revoked(TaskMessage message, boolean terminated, boolean expired) {
        if (taskEvents) {
            Map<String, @Nullable Object> event = about(message);
            event.put("terminated", terminated);
            event.put("signum", terminated ? "SIGTERM" : null);
            event.put("expired", expired);
            send("task-revoked", event);
        }
    }

    private static Map<String, @Nullable Object> about(TaskMessage message) {
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("uuid", message.id());
        return event;
    }

    private void send(String type, Map<String, @Nullable Object> fields) {
        Map<String, @Nullable Object> event = new LinkedHashMap<>(fields);
        event.put("type", type);
        event.put("hostname", worker);
        event.put("timestamp", clock.millis() / 1_000.0);
        event.put("utcoffset", 0);
        event.put("pid", ProcessHandle.current().pid());
        event.put("clock", logicalClock.forward());
        MessageProperties properties = MessageProperties.builder()
                .contentType("application/json")
                .contentEncoding("utf-8")
                .header("hostname", worker)
                .transientMessage()
                .build();
        String key = type.replaceFirst("-", ".");
        CompletableFuture<?> unused = transport
                .publish(new OutgoingMessage(EXCHANGE, key, properties, KombuJson.write(event), Unroutable.DROP))
                .whenComplete((done, problem) -> {
                    if (problem != null) {
                        LOG.debug("an event was not sent", problem);
                    }
                });
    }
}
