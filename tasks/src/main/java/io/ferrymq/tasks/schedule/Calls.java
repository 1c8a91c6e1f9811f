package io.ferrymq.tasks.schedule;

import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.WireMessages;
import io.ferrymq.tasks.message.Signature;
import io.ferrymq.tasks.message.TaskMessageFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls that entries make, and the queues that they go to. A scheduler's lane only. */
final class Calls {
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);
    private static final String HEADERS = "headers";
    private static final String SCHEDULE_HEADER = "ferry-schedule";
    private static final String TICK_HEADER = "ferry-tick";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    /** Where answers are taken. */
    interface Lane {
        void execute(Runnable task);
    }

    private final Tasks tasks;
    private final Lane lane;
    private final Runnable retry;
    private final Set<String> ready = new HashSet<>();
    private final Set<String> asked = new HashSet<>();
    private final Map<String, Instant> refused = new HashMap<>();

    /** @param retry run on the lane when a queue that was not ready is */
    Calls(Tasks tasks, Lane lane, Runnable retry) {
        this.tasks = tasks;
        this.lane = lane;
        this.retry = retry;
    }

    /** The message of a call that an entry makes; its headers say for which entry and which tick that is. */
    OutgoingMessage message(Entry entry, String taskId, Instant tick, Instant now) {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        if (entry.call().options().get(HEADERS) instanceof Map<?, ?> own) {
            own.forEach((name, value) -> headers.put(String.valueOf(name), value));
        }
        headers.put(SCHEDULE_HEADER, entry.name());
        headers.put(TICK_HEADER, tick.toString());
        Signature call = entry.call().withOption(HEADERS, headers);
        return WireMessages.toQueue(tasks.queueOf(call), TaskMessageFormat.encode(tasks.messageOf(call, taskId, now)));
    }

    /** Whether there is the queue that a call goes to; if not, it is asked for. */
    boolean isReady(Signature call, Instant now) {
        String queue = tasks.queueOf(call);
        if (ready.contains(queue)) {
            return true;
        }
        @Nullable Instant again = refused.get(queue);
        if ((again == null || !now.isBefore(again)) && asked.add(queue)) {
            CompletableFuture<?> unused = tasks.declared(queue)
                    .whenComplete((done, problem) -> lane.execute(() -> answered(queue, problem, now)));
        }
        return false;
    }

    private void answered(String queue, @Nullable Throwable problem, Instant now) {
        asked.remove(queue);
        if (problem == null) {
            ready.add(queue);
            refused.remove(queue);
            retry.run();
        } else {
            LOG.error("the queue {} is not to be had; what fires into it waits", queue, problem);
            refused.put(queue, now.plus(RETRY_AFTER));
        }
    }

    /** The broker may have lost what it had. */
    void forget() {
        ready.clear();
        refused.clear();
    }
}
