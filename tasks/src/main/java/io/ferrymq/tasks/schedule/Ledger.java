package io.ferrymq.tasks.schedule;

import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the active scheduler holds: for each entry its newest message, unsettled, and the changes and requests that wait.
 * A scheduler's lane only.
 *
 * <p>An entry changes by a transaction that publishes its next version and settles the message of the one before. Until
 * that next message has come back, the entry is in flight and nothing happens to it.
 */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    private static final int ENTRIES_MAX = 10_000;
    private static final int PAGE_MAX = 100;

    /** Brokers take a consumer for dead that holds a message for 30 minutes. */
    private static final Duration RENEWAL = Duration.ofMinutes(10);

    private static final class Held {
        private final Entry entry;
        private final @Nullable Instant next;
        private final Instant since;

        /** Null while it is in flight. */
        private @Nullable Delivery delivery;

        Held(Entry entry, @Nullable Delivery delivery, Instant since) {
            this.entry = entry;
            this.next = entry.next().orElse(null);
            this.delivery = delivery;
            this.since = since;
        }
    }

    /** What is carried out in its turn. */
    private sealed interface Waiting {}

    private record WaitingChange(Delivery delivery, Change change) implements Waiting {}

    private record WaitingRequest(Delivery delivery, Fields fields) implements Waiting {}

    private final Calls calls;
    private final NavigableMap<String, Held> held = new TreeMap<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Deque<Delivery> superseded = new ArrayDeque<>();
    private final Deque<Delivery> bad = new ArrayDeque<>();

    Ledger(Calls calls) {
        this.calls = calls;
    }

    void clear() {
        held.clear();
        waiting.clear();
        superseded.clear();
        bad.clear();
        calls.forget();
    }

    // ---- in ----

    void delivered(Delivery delivery, Instant now) {
        String type = String.valueOf(delivery.properties().type());
        try {
            switch (type) {
                case ScheduleMessages.ENTRY ->
                    arrived(ScheduleMessages.entry(ScheduleMessages.fields(delivery)), delivery, now);
                case ScheduleMessages.CHANGE ->
                    waiting.add(
                            new WaitingChange(delivery, ScheduleMessages.change(ScheduleMessages.fields(delivery))));
                case ScheduleMessages.LIST ->
                    waiting.add(new WaitingRequest(delivery, ScheduleMessages.fields(delivery)));
                case ScheduleMessages.MARK -> superseded.add(delivery);
                default -> throw new BadMessageException("the type " + type + " is unknown");
            }
        } catch (BadMessageException e) {
            LOG.error("a message in the queue of schedules is rejected: {}", e.getMessage());
            bad.add(delivery);
        }
    }

    private void arrived(Entry entry, Delivery delivery, Instant now) {
        @Nullable Held before = held.get(entry.name());
        if (before != null && before.entry.version() > entry.version()) {
            superseded.add(delivery);
            return;
        }
        if (before != null && before.delivery != null) {
            superseded.add(before.delivery);
        }
        held.put(entry.name(), new Held(entry, delivery, now));
    }

    // ---- out ----

    /** What is to be done now; empty if nothing is. */
    ScheduleTransaction next(String queue, Instant now) {
        ScheduleTransaction next = new ScheduleTransaction();
        while (!superseded.isEmpty() && !next.isFull()) {
            next.settle(superseded.remove(), Settlement.ACCEPT);
        }
        while (!bad.isEmpty() && !next.isFull()) {
            next.settle(bad.remove(), Settlement.REJECT);
        }
        while (!waiting.isEmpty() && !next.isFull() && take(next, waiting.element(), queue, now)) {
            waiting.remove();
        }
        for (Held one : held.values()) {
            if (next.isFull()) {
                break;
            }
            if (one.delivery != null && !next.changes(one.entry.name())) {
                fireIfDue(next, one, queue, now);
            }
        }
        return next;
    }

    /** When there may be something to do next, if nothing comes in; null for never. */
    @Nullable Instant nextTime() {
        @Nullable Instant earliest = null;
        for (Held one : held.values()) {
            Instant time = one.since.plus(RENEWAL);
            if (one.next != null && one.next.isBefore(time)) {
                time = one.next;
            }
            if (one.delivery != null && (earliest == null || time.isBefore(earliest))) {
                earliest = time;
            }
        }
        return earliest;
    }

    void committed(ScheduleTransaction transaction, Instant now) {
        transaction.changed().forEach((name, entry) -> {
            if (entry.isPresent()) {
                held.put(name, new Held(entry.get(), null, now));
            } else {
                held.remove(name);
            }
        });
    }

    private void replace(ScheduleTransaction transaction, @Nullable Held before, Entry entry, String queue) {
        transaction.send(ScheduleMessages.message(queue, ScheduleMessages.ENTRY, ScheduleMessages.toMap(entry)));
        transaction.change(entry.name(), Optional.of(entry));
        if (before != null && before.delivery != null) {
            transaction.settle(before.delivery, Settlement.ACCEPT);
        }
    }

    private static void remove(ScheduleTransaction transaction, Held before) {
        transaction.change(before.entry.name(), Optional.empty());
        if (before.delivery != null) {
            transaction.settle(before.delivery, Settlement.ACCEPT);
        }
    }

    // ---- ticks ----

    private void fireIfDue(ScheduleTransaction transaction, Held one, String queue, Instant now) {
        if (one.entry.isAheadOf(now)) {
            LOG.warn("the clock was set back, and {} goes on from now", one.entry.name());
            replace(transaction, one, one.entry.setBackTo(now), queue);
            return;
        }
        Entry.Due due = one.next == null || one.next.isAfter(now) ? null : one.entry.due(now);
        if (due == null) {
            if (one.since.plus(RENEWAL).isBefore(now)) {
                replace(transaction, one, one.entry.renewed(), queue);
            }
            return;
        }
        if (!due.ticks().isEmpty() && !calls.isReady(one.entry.call(), now)) {
            return;
        }
        List<Firing> firings = new ArrayList<>();
        for (Instant tick : due.ticks()) {
            String id = one.entry.taskId(tick);
            transaction.send(calls.message(one.entry, id, tick, now));
            firings.add(new Firing(tick, now, id));
        }
        if (firings.isEmpty()) {
            LOG.warn("{} was missed and does not fire", one.entry.name());
        }
        Entry after = one.entry.fired(firings, due.done());
        if (after.isOver()) {
            remove(transaction, one);
        } else {
            replace(transaction, one, after, queue);
        }
    }

    // ---- changes and requests ----

    /** Carries out what waits first; false if that has to wait on. */
    private boolean take(ScheduleTransaction transaction, Waiting first, String queue, Instant now) {
        if (first instanceof WaitingChange waits) {
            return take(transaction, waits.delivery, waits.change, queue, now);
        }
        // A list shows what is committed.
        return first instanceof WaitingRequest waits
                && transaction.changed().isEmpty()
                && answer(transaction, waits.delivery, waits.fields);
    }

    private boolean take(ScheduleTransaction transaction, Delivery delivery, Change change, String queue, Instant now) {
        @Nullable Held before = held.get(change.name());
        boolean inFlight = before != null && before.delivery == null;
        if (inFlight || transaction.changes(change.name())) {
            return false;
        }
        if (change instanceof Change.Run && before != null && !calls.isReady(before.entry.call(), now)) {
            return false;
        }
        transaction.settle(delivery, Settlement.ACCEPT);
        try {
            carryOut(transaction, change, before, queue, now);
        } catch (BadMessageException | IllegalArgumentException e) {
            LOG.error("a change of {} is rejected: {}", change.name(), e.getMessage());
            transaction.settle(delivery, Settlement.REJECT);
        }
        return true;
    }

    private void carryOut(
            ScheduleTransaction transaction, Change change, @Nullable Held before, String queue, Instant now) {
        if (change instanceof Change.Put put) {
            put(transaction, put, before, queue, now);
        } else if (before == null) {
            LOG.warn("there is no entry of the name {}", change.name());
        } else if (change instanceof Change.Remove) {
            remove(transaction, before);
        } else if (change instanceof Change.Run run) {
            String id = before.entry.taskIdOf(run);
            transaction.send(calls.message(before.entry, id, run.at(), now));
            Firing firing = new Firing(run.at(), now, id);
            replace(transaction, before, before.entry.fired(List.of(firing), before.entry.done()), queue);
        } else {
            Entry entry = change instanceof Change.Pause ? before.entry.pause() : before.entry.resumedAt(now);
            replace(transaction, before, entry, queue);
        }
    }

    private void put(
            ScheduleTransaction transaction, Change.Put put, @Nullable Held before, String queue, Instant now) {
        if (before == null && held.size() >= ENTRIES_MAX) {
            throw new IllegalArgumentException("there are " + ENTRIES_MAX + " entries already");
        }
        Entry entry = Entry.put(put, now, before == null ? null : before.entry);
        // What cannot be called is found here, and not when it is to fire.
        calls.message(entry, entry.taskId(now), now, now);
        int bytes = ScheduleMessages.message(queue, ScheduleMessages.ENTRY, ScheduleMessages.toMap(entry))
                .body()
                .length;
        if (bytes > ScheduleMessages.ENTRY_BYTES_MAX) {
            throw new IllegalArgumentException("an entry of " + bytes + " bytes is too large");
        }
        replace(transaction, before, entry, queue);
    }

    private boolean answer(ScheduleTransaction transaction, Delivery request, Fields fields) {
        transaction.settle(request, Settlement.ACCEPT);
        String replyTo = request.properties().replyTo();
        if (replyTo == null) {
            return true;
        }
        List<Entry> page = new ArrayList<>();
        @Nullable String after = fields.textOrNull("after");
        NavigableMap<String, Held> rest = after == null ? held : held.tailMap(after, false);
        for (Held one : rest.values()) {
            if (page.size() == PAGE_MAX) {
                break;
            }
            page.add(one.entry);
        }
        MessageProperties properties = MessageProperties.builder()
                .correlationId(request.properties().correlationId())
                .transientMessage()
                .build();
        transaction.send(ScheduleMessages.message(
                replyTo, ScheduleMessages.LIST, ScheduleMessages.page(page, rest.size() > page.size()), properties));
        return true;
    }
}
