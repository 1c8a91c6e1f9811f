package io.ferrymq.tasks;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What workers, in Java and in Python, say of themselves: by the worker's name its answer, of all that answer within the
 * time. The future completes when that is over. Any thread.
 */
public final class Inspect {
    private final Control control;
    private final Duration timeout;

    Inspect(Control control, Duration timeout) {
        this.control = control;
        this.timeout = timeout;
    }

    private CompletableFuture<Map<String, @Nullable Object>> ask(String command) {
        return control.ask(command, Map.of(), timeout);
    }

    /** Who is there: {@code {"ok": "pong"}} of each. */
    public CompletableFuture<Map<String, @Nullable Object>> ping() {
        return ask("ping");
    }

    /** The calls that run. */
    public CompletableFuture<Map<String, @Nullable Object>> active() {
        return ask("active");
    }

    /** The calls that wait for a slot. */
    public CompletableFuture<Map<String, @Nullable Object>> reserved() {
        return ask("reserved");
    }

    /** The calls that wait for their time. */
    public CompletableFuture<Map<String, @Nullable Object>> scheduled() {
        return ask("scheduled");
    }

    /** The ids of calls that are not to run. */
    public CompletableFuture<Map<String, @Nullable Object>> revoked() {
        return ask("revoked");
    }

    /** The tasks that can be run. */
    public CompletableFuture<Map<String, @Nullable Object>> registered() {
        return ask("registered");
    }

    /** The queues that calls are taken from. */
    public CompletableFuture<Map<String, @Nullable Object>> activeQueues() {
        return ask("active_queues");
    }

    /** Figures. */
    public CompletableFuture<Map<String, @Nullable Object>> stats() {
        return ask("stats");
    }

    /** Settings. */
    public CompletableFuture<Map<String, @Nullable Object>> conf() {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        arguments.put("with_defaults", false);
        return control.ask("conf", arguments, timeout);
    }

    /** Versions and settings, as text for people. */
    public CompletableFuture<Map<String, @Nullable Object>> report() {
        return ask("report");
    }

    /** Logical time. */
    public CompletableFuture<Map<String, @Nullable Object>> clock() {
        return ask("clock");
    }

    /** How far calls of these ids are, at the workers that have them. */
    public CompletableFuture<Map<String, @Nullable Object>> task(String... ids) {
        return control.ask("query_task", Map.of("ids", List.of(ids)), timeout);
    }
}
