package io.ferrymq.tasks.schedule;

import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.OutgoingMessage.Unroutable;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.Fields;
import io.ferrymq.tasks.message.KombuJson;
import io.ferrymq.tasks.message.Signature;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages in a queue of schedules: JSON objects, told apart by the property {@code type}.
 *
 * <pre>
 *   ferry.schedule.entry    an entry      {name, version, schedule, call, missed, paused, done, history}
 *   ferry.schedule.change   a change      {change: put | remove | pause | resume | run, name, …}
 *   ferry.schedule.list     a request     {after}; its answer goes to the reply-to
 *   ferry.schedule.mark     a mark that a scheduler sends itself   {}
 * </pre>
 *
 * <p>A schedule is {@code {every, from}}, {@code {cron, zone}} or {@code {at}}; durations and moments are ISO 8601.
 *
 * <p>Thread contract: stateless.
 */
final class ScheduleMessages {
    static final String ENTRY = "ferry.schedule.entry";
    static final String CHANGE = "ferry.schedule.change";
    static final String LIST = "ferry.schedule.list";
    static final String MARK = "ferry.schedule.mark";

    /** An entry and the call in it stay small, so that a firing is written in one piece. */
    static final int ENTRY_BYTES_MAX = 16 << 10;

    /** A change leaves room for the history of its entry. */
    static final int CHANGE_BYTES_MAX = 12 << 10;

    /** Moments outside cannot be reckoned with. */
    private static final int YEAR_MIN = 1970;

    private static final int YEAR_MAX = 9999;

    private static final Set<String> CHANGES = Set.of("put", "remove", "pause", "resume", "run");

    private ScheduleMessages() {}

    static OutgoingMessage message(String queue, String type, Map<String, ? extends @Nullable Object> body) {
        return message(queue, type, body, MessageProperties.NONE);
    }

    static OutgoingMessage message(
            String queue, String type, Map<String, ? extends @Nullable Object> body, MessageProperties more) {
        MessageProperties properties = more.toBuilder()
                .contentType("application/json")
                .contentEncoding("utf-8")
                .type(type)
                .build();
        return new OutgoingMessage("", queue, properties, KombuJson.write(body), Unroutable.DROP);
    }

    /** The fields of a message. */
    static Fields fields(Delivery delivery) {
        return Fields.of(KombuJson.read(delivery.body()), "a schedule message");
    }

    // ---- entries ----

    static Map<String, @Nullable Object> toMap(Entry entry) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", entry.name());
        map.put("version", entry.version());
        map.put("schedule", toMap(entry.schedule()));
        map.put("call", entry.call().toMap());
        map.put("missed", entry.missed().max());
        map.put("paused", entry.paused());
        map.put("done", entry.done().toString());
        map.put("history", entry.history().stream().map(ScheduleMessages::toMap).toList());
        return map;
    }

    private static Map<String, String> toMap(Firing firing) {
        return Map.of("tick", firing.tick().toString(), "fired", firing.fired().toString(), "task_id", firing.taskId());
    }

    private static Map<String, @Nullable Object> toMap(Schedule schedule) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (schedule instanceof IntervalSchedule interval) {
            map.put("every", interval.interval().toString());
            map.put("from", interval.from() == null ? null : interval.from().toString());
        } else if (schedule instanceof CronSchedule cron) {
            map.put("cron", cron.expression());
            map.put("zone", cron.zone().getId());
        } else if (schedule instanceof OneTimeSchedule once) {
            map.put("at", once.moment().toString());
        }
        return map;
    }

    /**
     * Reads an entry.
     *
     * @throws BadMessageException if it is none
     */
    static Entry entry(Fields fields) {
        List<Firing> history = new ArrayList<>();
        for (Object element : fields.list("history")) {
            Fields firing = Fields.of(element, "a firing");
            history.add(new Firing(moment(firing, "tick"), moment(firing, "fired"), firing.text("task_id")));
        }
        Object version = fields.value("version");
        if (!(version instanceof Number number)) {
            throw new BadMessageException("an entry without a version");
        }
        Schedule schedule = schedule(fields);
        if (schedule instanceof IntervalSchedule interval && interval.from() == null) {
            throw new BadMessageException("an entry with an interval that has not begun");
        }
        return new Entry(
                fields.text("name"),
                number.longValue(),
                schedule,
                Signature.fromMap(fields.value("call")),
                missed(fields),
                fields.truth("paused"),
                moment(fields, "done"),
                history);
    }

    private static MissedRuns missed(Fields fields) {
        return valid(() -> new MissedRuns(fields.count("missed")));
    }

    private static Schedule schedule(Fields of) {
        Fields fields = Fields.of(of.value("schedule"), "a schedule");
        return valid(() -> {
            if (fields.has("every")) {
                return new IntervalSchedule(
                        Duration.parse(fields.text("every")), fields.has("from") ? moment(fields, "from") : null);
            }
            return fields.has("cron")
                    ? Schedule.cron(fields.text("cron"), ZoneId.of(fields.text("zone")))
                    : Schedule.at(moment(fields, "at"));
        });
    }

    private interface Making<T> {
        T make();
    }

    private static <T> T valid(Making<T> making) {
        try {
            return making.make();
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new BadMessageException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Instant moment(Fields fields, String name) {
        OffsetDateTime moment = fields.moment(name);
        if (moment == null) {
            throw new BadMessageException("a schedule message without " + name);
        }
        if (moment.getYear() < YEAR_MIN || moment.getYear() > YEAR_MAX) {
            throw new BadMessageException("a schedule message whose " + name + " is in the year " + moment.getYear());
        }
        return moment.toInstant();
    }

    // ---- changes ----

    static Map<String, @Nullable Object> toMap(Change change) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", change.name());
        if (change instanceof Change.Put put) {
            map.put("change", "put");
            map.put("at", put.at().toString());
            map.put("schedule", toMap(put.schedule()));
            map.put("call", put.call().toMap());
            map.put("missed", put.missed().max());
        } else if (change instanceof Change.Run run) {
            map.put("change", "run");
            map.put("at", run.at().toString());
            map.put("id", run.id());
        } else {
            map.put(
                    "change",
                    change instanceof Change.Remove ? "remove" : change instanceof Change.Pause ? "pause" : "resume");
        }
        return map;
    }

    /**
     * Reads a change.
     *
     * @throws BadMessageException if it is none
     */
    static Change change(Fields fields) {
        String what = fields.text("change");
        if (!CHANGES.contains(what)) {
            throw new BadMessageException("a change that is unknown here: " + what);
        }
        String name = fields.text("name");
        return valid(() -> switch (what) {
            case "put" ->
                new Change.Put(
                        name,
                        moment(fields, "at"),
                        schedule(fields),
                        Signature.fromMap(fields.value("call")),
                        missed(fields));
            case "run" -> new Change.Run(name, moment(fields, "at"), fields.text("id"));
            case "remove" -> new Change.Remove(name);
            case "pause" -> new Change.Pause(name);
            default -> new Change.Resume(name);
        });
    }

    // ---- lists ----

    static Map<String, @Nullable Object> page(List<Entry> entries, boolean more) {
        List<Map<String, @Nullable Object>> maps =
                entries.stream().map(ScheduleMessages::toMap).toList();
        Map<String, @Nullable Object> page = new LinkedHashMap<>();
        page.put("entries", maps);
        page.put("more", more);
        return page;
    }

    static List<ScheduleStatus> statuses(Fields page) {
        List<ScheduleStatus> statuses = new ArrayList<>();
        for (Object element : page.list("entries")) {
            statuses.add(status(entry(Fields.of(element, "an entry"))));
        }
        return statuses;
    }

    private static ScheduleStatus status(Entry entry) {
        List<Firing> history = entry.history();
        return new ScheduleStatus(
                entry.name(),
                entry.schedule(),
                entry.call(),
                entry.missed(),
                entry.paused(),
                entry.next().orElse(null),
                history.isEmpty() ? null : history.get(history.size() - 1).fired(),
                history);
    }
}
