package io.ferrymq.tasks.worker;

import io.ferrymq.tasks.RateLimit;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.TaskMessage;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a worker tells of itself when it is asked, as Celery's workers do. Any thread. */
final class Inspection {
    private final Worker worker;
    private final Tasks tasks;
    private final Crew crew;

    Inspection(Worker worker, Tasks tasks, Crew crew) {
        this.worker = worker;
        this.tasks = tasks;
        this.crew = crew;
    }

    List<Map<String, @Nullable Object>> active() {
        return worker.runs(Worker.Stage.ACTIVE).stream().map(this::info).toList();
    }

    List<Map<String, @Nullable Object>> reserved() {
        return worker.runs(Worker.Stage.RESERVED).stream().map(this::info).toList();
    }

    List<Map<String, @Nullable Object>> scheduled() {
        return worker.runs(Worker.Stage.SCHEDULED).stream().map(this::schedule).toList();
    }

    List<String> revoked() {
        return crew.revocations().all();
    }

    /** The names of tasks, each with its rate limit if it has one. */
    List<String> registered() {
        return tasks.definedNames().stream().map(this::registered).toList();
    }

    private String registered(String name) {
        Tasks.@Nullable Definition definition = tasks.definition(name);
        @Nullable RateLimit own = definition == null ? null : definition.options().rateLimit();
        @Nullable RateLimit limit = worker.rateLimits().of(name, own);
        return limit == null ? name : name + " [rate_limit=" + limit.text() + "]";
    }

    List<Map<String, @Nullable Object>> activeQueues() {
        return worker.consumers().queues().stream().map(Inspection::queue).toList();
    }

    private static Map<String, @Nullable Object> queue(String name) {
        Map<String, @Nullable Object> exchange = Map.of("name", name, "type", "direct", "durable", true);
        return Map.of("name", name, "routing_key", name, "exchange", exchange, "durable", true);
    }

    /** What is known of calls with these ids: {@code {id: [state, info]}}. */
    Map<String, @Nullable Object> query(List<String> ids) {
        Map<String, @Nullable Object> found = new LinkedHashMap<>();
        Set<String> wanted = Set.copyOf(ids);
        find(found, wanted, Worker.Stage.SCHEDULED, "ready");
        find(found, wanted, Worker.Stage.RESERVED, "reserved");
        find(found, wanted, Worker.Stage.ACTIVE, "active");
        return found;
    }

    private void find(Map<String, @Nullable Object> found, Set<String> ids, Worker.Stage stage, String state) {
        for (TaskRun run : worker.runs(stage)) {
            if (ids.contains(run.message().id())) {
                found.put(run.message().id(), Arrays.asList(state, info(run)));
            }
        }
    }

    Map<String, @Nullable Object> stats() {
        Map<String, @Nullable Object> pool = new LinkedHashMap<>();
        pool.put("max-concurrency", worker.concurrency());
        pool.put("implementation", "java threads");
        Map<String, @Nullable Object> stats = new LinkedHashMap<>();
        stats.put("total", crew.totals());
        stats.put("pid", ProcessHandle.current().pid());
        stats.put("clock", Long.toString(tasks.logicalClock().now()));
        stats.put("uptime", worker.uptimeSeconds());
        stats.put("pool", pool);
        stats.put("prefetch_count", worker.prefetch());
        stats.put("rusage", "N/A");
        @Nullable Autoscale autoscale = worker.autoscaler().bounds();
        if (autoscale != null) {
            stats.put(
                    "autoscaler",
                    Map.of("min", autoscale.min(), "max", autoscale.max(), "current", worker.concurrency()));
        }
        return stats;
    }

    /** The settings that have a meaning here, by Celery's names. */
    Map<String, @Nullable Object> conf() {
        WorkerOptions options = worker.options();
        Map<String, @Nullable Object> conf = new LinkedHashMap<>();
        conf.put("accept_content", List.of("json"));
        conf.put("enable_utc", true);
        conf.put("result_backend", "rpc://");
        conf.put("task_serializer", "json");
        conf.put("timezone", "UTC");
        conf.put("worker_concurrency", worker.concurrency());
        conf.put("worker_prefetch_multiplier", options.prefetchMultiplier());
        conf.put("worker_pool_restarts", false);
        return conf;
    }

    /** Versions, for whoever looks into a problem. */
    String report() {
        return "software -> ferrymq-tasks:" + Version.TEXT + " java:" + Runtime.version() + "\nplatform -> system:"
                + System.getProperty("os.name") + " arch:" + System.getProperty("os.arch") + "\nsettings -> "
                + conf();
    }

    private Map<String, @Nullable Object> info(TaskRun run) {
        TaskMessage message = run.message();
        Instant begun = run.begun();
        Map<String, @Nullable Object> info = new LinkedHashMap<>();
        info.put("id", message.id());
        info.put("name", message.task());
        info.put("args", message.args());
        info.put("kwargs", message.kwargs());
        info.put("type", message.task());
        info.put("hostname", worker.name());
        info.put("time_start", begun == null ? null : begun.toEpochMilli() / 1_000.0);
        info.put("acknowledged", begun != null && !run.acknowledgesLate());
        info.put("delivery_info", run.deliveryInfo());
        info.put("worker_pid", ProcessHandle.current().pid());
        return info;
    }

    private Map<String, @Nullable Object> schedule(TaskRun run) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("eta", String.valueOf(run.message().timing().eta()));
        entry.put("priority", 6);
        entry.put("request", info(run));
        return entry;
    }
}
