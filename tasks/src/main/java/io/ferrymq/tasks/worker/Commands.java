package io.ferrymq.tasks.worker;

import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.ControlMessage;
import io.ferrymq.tasks.message.TaskMessage;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a worker does when it is told to, by the names of Celery's commands, and what it answers. */
final class Commands {
    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

    private final Worker worker;
    private final Crew crew;
    private final Map<String, Function<Map<String, @Nullable Object>, @Nullable Object>> commands = new TreeMap<>();

    Commands(Worker worker, Tasks tasks, Crew crew) {
        this.worker = worker;
        this.crew = crew;
        commands.put("ping", arguments -> ok("pong"));
        commands.put("revoke", this::revoke);
        commands.put("terminate", this::terminate);
        commands.put(
                "active",
                arguments -> worker.runs(Worker.Stage.ACTIVE).stream()
                        .map(this::info)
                        .toList());
        commands.put(
                "reserved",
                arguments -> worker.runs(Worker.Stage.RESERVED).stream()
                        .map(this::info)
                        .toList());
        commands.put(
                "scheduled",
                arguments -> worker.runs(Worker.Stage.SCHEDULED).stream()
                        .map(this::schedule)
                        .toList());
        commands.put("revoked", arguments -> crew.revocations().all());
        commands.put("registered", arguments -> tasks.definedNames());
        commands.put(
                "active_queues",
                arguments ->
                        worker.options().queues().stream().map(Commands::queue).toList());
        commands.put("stats", arguments -> stats());
        commands.put("pool_grow", arguments -> resize(count(arguments)));
        commands.put("pool_shrink", arguments -> resize(-count(arguments)));
        commands.put("enable_events", arguments -> events(true));
        commands.put("disable_events", arguments -> events(false));
        commands.put("heartbeat", arguments -> heartbeat());
        commands.put("hello", arguments -> Map.of("revoked", Map.of(), "clock", 1));
        commands.put("clock", arguments -> Map.of("clock", 1));
        commands.put("dump_active", commands.get("active"));
        commands.put("dump_reserved", commands.get("reserved"));
        commands.put("dump_schedule", commands.get("scheduled"));
        commands.put("dump_revoked", commands.get("revoked"));
        commands.put("dump_tasks", commands.get("registered"));
    }

    /** Obeys and gives the answer; a command that is unknown, or goes wrong, is an answer, too. */
    @Nullable Object run(ControlMessage message) {
        Function<Map<String, @Nullable Object>, @Nullable Object> command = commands.get(message.method());
        if (command == null) {
            LOG.warn("no command of the name {}", message.method());
            return error("no command of the name " + message.method());
        }
        try {
            return command.apply(message.arguments());
        } catch (BadMessageException | IllegalArgumentException e) {
            LOG.warn("{} was not obeyed: {}", message.method(), e.getMessage());
            return error(String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, Object> ok(Object value) {
        return Map.of("ok", value);
    }

    private static Map<String, Object> error(String problem) {
        return Map.of("error", problem);
    }

    private Object revoke(Map<String, @Nullable Object> arguments) {
        List<String> ids = ids(arguments);
        boolean terminate = Boolean.TRUE.equals(arguments.get("terminate"));
        ids.forEach(id -> crew.revoke(id, terminate));
        return ok("tasks " + String.join(", ", ids) + " flagged as revoked");
    }

    private Object terminate(Map<String, @Nullable Object> arguments) {
        List<String> ids = ids(arguments);
        ids.forEach(id -> crew.revoke(id, true));
        return ok("terminate: tasks " + String.join(", ", ids));
    }

    private static List<String> ids(Map<String, @Nullable Object> arguments) {
        Object value = arguments.get("task_id");
        if (value == null) {
            throw new BadMessageException("no task_id is given");
        }
        return value instanceof List<?> many
                ? many.stream().map(String::valueOf).toList()
                : List.of(value.toString());
    }

    private static int count(Map<String, @Nullable Object> arguments) {
        return arguments.get("n") instanceof Number n ? n.intValue() : 1;
    }

    private Object events(boolean wanted) {
        worker.events().taskEvents(wanted);
        return ok("task events " + (wanted ? "enabled" : "disabled"));
    }

    private @Nullable Object heartbeat() {
        worker.events().heartbeat(crew.active().size());
        return null;
    }

    private Object resize(int more) {
        int concurrency = worker.resize(more);
        return ok("the pool runs " + concurrency + " calls at a time");
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

    private static Map<String, @Nullable Object> queue(String name) {
        Map<String, @Nullable Object> exchange = Map.of("name", name, "type", "direct", "durable", true);
        return Map.of("name", name, "routing_key", name, "exchange", exchange, "durable", true);
    }

    private Map<String, @Nullable Object> stats() {
        Map<String, @Nullable Object> stats = new LinkedHashMap<>();
        stats.put("total", crew.totals());
        stats.put("pid", ProcessHandle.current().pid());
        stats.put("clock", "1");
        stats.put("uptime", worker.uptimeSeconds());
        stats.put("pool", Map.of("max-concurrency", worker.concurrency(), "implementation", "java threads"));
        stats.put("prefetch_count", worker.prefetch());
        stats.put("rusage", "N/A");
        return stats;
    }
}
