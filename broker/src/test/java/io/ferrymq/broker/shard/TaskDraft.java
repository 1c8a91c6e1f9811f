package io.ferrymq.broker.shard;

import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.World;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A task to be published, as Celery's programs publish theirs: its body is its id. */
final class TaskDraft {
    private final Map<String, String> header = new LinkedHashMap<>();
    private final String id;
    private boolean persistent = true;
    private long expirationMillis = Publication.NEVER;
    private long delayMillis;

    private TaskDraft(String id) {
        this.id = id;
        header.put("task", "module.function");
        header.put("id", id);
        header.put("correlation_id", id);
    }

    static TaskDraft task(String id) {
        return new TaskDraft(id);
    }

    /** A time as Python writes it. */
    static String time(long millis) {
        return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC).toString().replace("Z", "+00:00");
    }

    TaskDraft eta(long millis) {
        return header("eta", time(millis));
    }

    TaskDraft expires(long millis) {
        return header("expires", time(millis));
    }

    TaskDraft header(String name, String value) {
        header.put(name, value);
        return this;
    }

    TaskDraft expiration(long millis) {
        expirationMillis = millis;
        return this;
    }

    TaskDraft delay(long millis) {
        delayMillis = millis;
        return this;
    }

    TaskDraft notPersistent() {
        persistent = false;
        return this;
    }

    Publication to(Guest guest, String queue) {
        return to(guest, "", queue);
    }

    Publication to(Guest guest, String exchange, String key) {
        StringBuilder lines = new StringBuilder();
        header.forEach(
                (name, value) -> lines.append(name).append('=').append(value).append('\n'));
        Publication message = Guest.message(lines.toString(), id);
        message.address(ShortText.of(exchange), ShortText.of(key), List.of());
        message.terms(persistent, 0, expirationMillis);
        message.delays(delayMillis, 0);
        guest.link.publish(message);
        return message;
    }

    /** Publishes to the exchange of workers' remote control. */
    static Publication control(Guest guest, String body) {
        Publication message = Guest.message("", body);
        message.address(ShortText.of("celery.pidbox"), ShortText.EMPTY, List.of());
        message.terms(false, 0, Publication.NEVER);
        guest.link.publish(message);
        return message;
    }

    static Publication revoke(Guest guest, String id) {
        return control(guest, """
                {"method": "revoke", "arguments": {"task_id": "%s", "terminate": false, "signal": "SIGTERM"}, \
                "destination": null, "pattern": null, "matcher": null}""".formatted(id));
    }

    /** What the caller of a task hears that will never run. */
    static String result(String id, String reason) {
        return """
                {"task_id":"%s","status":"REVOKED","result":{"exc_type":"TaskRevokedError","exc_message":["%s"],\
                "exc_module":"celery.exceptions"},"traceback":null,"children":[]}""".formatted(id, reason);
    }

    /** How many tasks a queue of the first virtual host holds for later. */
    static long held(World world, String queue) {
        return world.broker.administration().delayedMessages("/").countAtQueue(queue);
    }
}
