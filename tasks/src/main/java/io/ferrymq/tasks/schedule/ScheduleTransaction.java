package io.ferrymq.tasks.schedule;

import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.Settlement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is committed together, and what holds of the entries then. A scheduler's lane only. */
final class ScheduleTransaction {
    /** About half of what a broker writes in one piece. */
    private static final int BYTES_MAX = 512 << 10;

    private static final int ENTRIES_MAX = 64;
    private static final int SETTLEMENTS_MAX = 1_000;

    private final List<OutgoingMessage> messages = new ArrayList<>();
    private final Map<Delivery, Settlement> settlements = new LinkedHashMap<>();
    private final Map<String, Optional<Entry>> changed = new HashMap<>();
    private int bytes;

    List<OutgoingMessage> messages() {
        return messages;
    }

    Map<Delivery, Settlement> settlements() {
        return settlements;
    }

    /** The entries that have another version then; empty for those that are gone. */
    Map<String, Optional<Entry>> changed() {
        return changed;
    }

    boolean changes(String name) {
        return changed.containsKey(name);
    }

    boolean isEmpty() {
        return messages.isEmpty() && settlements.isEmpty();
    }

    /** Whether the rest has to wait for the next one. */
    boolean isFull() {
        return bytes > BYTES_MAX || changed.size() >= ENTRIES_MAX || settlements.size() >= SETTLEMENTS_MAX;
    }

    void send(OutgoingMessage message) {
        messages.add(message);
        bytes += message.body().length;
    }

    void settle(Delivery delivery, Settlement settlement) {
        settlements.put(delivery, settlement);
    }

    void change(String name, Optional<Entry> entry) {
        changed.put(name, entry);
    }
}
