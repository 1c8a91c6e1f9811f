package io.ferrymq.tasks.worker;

import io.ferrymq.tasks.RateLimit;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.ControlMessage;
import io.ferrymq.tasks.message.PythonRepr;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker does when it is told to, by the names of Celery's commands, and what it answers, in Celery's words as far
 * as its tools show them.
 */
final class Commands {
    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

    /** Most that a pool is let grow to from outside. */
    private static final int CONCURRENCY_MAX = 10_000;

    private final Worker worker;
    private final Tasks tasks;
    private final Crew crew;
    private final Map<String, Function<Map<String, @Nullable Object>, @Nullable Object>> commands = new TreeMap<>();

    Commands(Worker worker, Tasks tasks, Crew crew) {
        this.worker = worker;
        this.tasks = tasks;
        this.crew = crew;
        putInspections(new Inspection(worker, tasks, crew));
        commands.put("revoke", this::revoke);
        commands.put("terminate", this::terminate);
        commands.put("rate_limit", this::rateLimit);
        commands.put("time_limit", this::timeLimit);
        commands.put("pool_grow", arguments -> resize(count(arguments), "grow"));
        commands.put("pool_shrink", arguments -> resize(-count(arguments), "shrink"));
        commands.put("pool_restart", arguments -> valueError("Pool restarts not enabled"));
        commands.put("autoscale", this::autoscale);
        commands.put("add_consumer", this::addConsumer);
        commands.put("cancel_consumer", this::cancelConsumer);
        commands.put("shutdown", arguments -> shutdown());
        commands.put("enable_events", arguments -> events(true));
        commands.put("disable_events", arguments -> events(false));
        commands.put("heartbeat", arguments -> heartbeat());
        commands.put("hello", this::hello);
        // Workers that gossip elect one of them for a job; this one is never a candidate.
        commands.put("election", arguments -> null);
    }

    private void putInspections(Inspection inspection) {
        commands.put("ping", arguments -> ok("pong"));
        commands.put("active", arguments -> inspection.active());
        commands.put("reserved", arguments -> inspection.reserved());
        commands.put("scheduled", arguments -> inspection.scheduled());
        commands.put("revoked", arguments -> inspection.revoked());
        commands.put("registered", arguments -> inspection.registered());
        commands.put("active_queues", arguments -> inspection.activeQueues());
        commands.put("query_task", arguments -> inspection.query(texts(arguments, "ids")));
        commands.put("stats", arguments -> inspection.stats());
        commands.put("conf", arguments -> inspection.conf());
        commands.put("report", arguments -> ok(inspection.report()));
        commands.put("clock", arguments -> Map.of("clock", tasks.logicalClock().now()));
        commands.put("dump_active", commands.get("active"));
        commands.put("dump_reserved", commands.get("reserved"));
        commands.put("dump_schedule", commands.get("scheduled"));
        commands.put("dump_revoked", commands.get("revoked"));
        commands.put("dump_tasks", commands.get("registered"));
        commands.put("dump_conf", commands.get("conf"));
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

    /** As Celery answers when a command ends with that exception. */
    private static Map<String, Object> valueError(String problem) {
        return error("ValueError(" + PythonRepr.of(problem) + ")");
    }

    // ---- calls ----

    private Object revoke(Map<String, @Nullable Object> arguments) {
        List<String> ids = texts(arguments, "task_id");
        boolean terminate = Boolean.TRUE.equals(arguments.get("terminate"));
        ids.forEach(id -> crew.revoke(id, terminate));
        return ok("tasks " + String.join(", ", ids) + " flagged as revoked");
    }

    private Object terminate(Map<String, @Nullable Object> arguments) {
        List<String> ids = texts(arguments, "task_id");
        ids.forEach(id -> crew.revoke(id, true));
        return ok("terminate: tasks " + String.join(", ", ids));
    }

    /** One text, or several. */
    private static List<String> texts(Map<String, @Nullable Object> arguments, String name) {
        Object value = arguments.get(name);
        if (value == null) {
            throw new BadMessageException("no " + name + " is given");
        }
        return value instanceof List<?> many
                ? many.stream().map(String::valueOf).toList()
                : List.of(value.toString());
    }

    private static String text(Map<String, @Nullable Object> arguments, String name) {
        Object value = arguments.get(name);
        if (value == null || value.toString().isEmpty()) {
            throw new BadMessageException("no " + name + " is given");
        }
        return value.toString();
    }

    private Object rateLimit(Map<String, @Nullable Object> arguments) {
        String task = text(arguments, "task_name");
        @Nullable RateLimit limit;
        try {
            Object value = arguments.get("rate_limit");
            limit = value == null ? null : RateLimit.parse(value.toString());
        } catch (IllegalArgumentException e) {
            return error("Invalid rate limit string: " + e.getMessage());
        }
        if (tasks.definition(task) == null) {
            return error("unknown task");
        }
        worker.rateLimits().set(task, limit);
        return ok(limit == null ? "rate limit disabled successfully" : "new rate limit set successfully");
    }

    private Object timeLimit(Map<String, @Nullable Object> arguments) {
        String task = text(arguments, "task_name");
        if (tasks.definition(task) == null) {
            return error("unknown task");
        }
        crew.limit(task, new Crew.TimeLimits(seconds(arguments, "soft"), seconds(arguments, "hard")));
        return ok("time limits set successfully");
    }

    private static @Nullable Duration seconds(Map<String, @Nullable Object> arguments, String name) {
        Object value = arguments.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number && number.doubleValue() > 0 && number.doubleValue() < Integer.MAX_VALUE) {
            return Duration.ofMillis(Math.round(number.doubleValue() * 1_000));
        }
        throw new BadMessageException("a wrong " + name + ": " + PythonRepr.of(value));
    }

    // ---- the worker ----

    private static int count(Map<String, @Nullable Object> arguments) {
        return number(arguments, "n", 1);
    }

    private static int number(Map<String, @Nullable Object> arguments, String name, int otherwise) {
        Object value = arguments.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number number && number.longValue() >= 0 && number.longValue() <= CONCURRENCY_MAX) {
            return number.intValue();
        }
        throw new BadMessageException("a wrong " + name + ": " + PythonRepr.of(value));
    }

    private Object resize(int more, String what) {
        if (worker.autoscaler().bounds() != null) {
            return error("pool_" + what + " is not supported with autoscale. Adjust autoscale range instead.");
        }
        worker.resize(Math.min(more, CONCURRENCY_MAX - worker.concurrency()));
        return ok("pool will " + what);
    }

    private Object autoscale(Map<String, @Nullable Object> arguments) {
        @Nullable Autoscale before = worker.autoscaler().bounds();
        if (before == null) {
            return valueError("Autoscale not enabled");
        }
        int max = number(arguments, "max", before.max());
        int min = number(arguments, "min", Math.min(before.min(), Math.max(1, max)));
        worker.autoscaler().bounds(new Autoscale(min, max));
        worker.autoscaler().look();
        return ok("autoscale now max=" + max + " min=" + min);
    }

    private Object addConsumer(Map<String, @Nullable Object> arguments) {
        String queue = text(arguments, "queue");
        CompletableFuture<?> unused = worker.consumers().add(queue).whenComplete((begun, problem) -> {
            if (problem != null) {
                LOG.warn("no calls are taken from {}", queue, problem);
            }
        });
        return ok("add consumer " + queue);
    }

    private Object cancelConsumer(Map<String, @Nullable Object> arguments) {
        String queue = text(arguments, "queue");
        worker.consumers().cancel(queue);
        return ok("no longer consuming from " + queue);
    }

    /** Closes it on a thread of its own, for that waits for what runs. */
    private @Nullable Object shutdown() {
        LOG.warn("{} was told to stop", worker.name());
        Thread closing = new Thread(worker::close, worker.name() + "-shutdown");
        closing.setDaemon(true);
        closing.start();
        return null;
    }

    private Object events(boolean wanted) {
        boolean changed = worker.events().taskEvents(wanted);
        return ok("task events " + (changed ? "" : "already ") + (wanted ? "enabled" : "disabled"));
    }

    private @Nullable Object heartbeat() {
        worker.events().heartbeat(crew.active().size());
        return null;
    }

    /** Another worker begins, and wants to know what is revoked. */
    private @Nullable Object hello(Map<String, @Nullable Object> arguments) {
        if (worker.name().equals(arguments.get("from_node"))) {
            return null;
        }
        crew.revocations().merge(arguments);
        double now = tasks.clock().millis() / 1_000.0;
        Map<String, @Nullable Object> revoked = new LinkedHashMap<>();
        crew.revocations().all().forEach(id -> revoked.put(id, now));
        return Map.of("revoked", revoked, "clock", tasks.logicalClock().forward());
    }
}
