package io.ferrymq.broker.shard;

import io.ferrymq.broker.message.ValueCodec;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.broker.timer.Holder;
import io.ferrymq.broker.topology.TopologyCommand;
import io.ferrymq.log.CommandLog;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The error lists: messages that could not be read when something was to be done with them, by the queue or exchange that
 * had them. Each keeps its record alive in the log. Lane only.
 *
 * <pre>
 *   from     to       record           on
 *   -        listed   SET_ASIDE        its place meets it and cannot read it
 *   listed   gone     SET_ASIDE_DROP   the operator drops it, or gives it back, which is another record before this
 *   listed   gone     TOPOLOGY         its place or virtual host is deleted
 *
 *   lists:   varint count of places, then for each: place, varint count, that many entries
 *   place:   u8 0, text virtual host, varint queue number; or u8 1, text virtual host, text exchange
 *   entry:   varint sequence, varint when, ms since 1970, varint length of the body plus one, 0 if not known, text reason
 * </pre>
 */
final class SetAside {
    /** One message. */
    record Entry(long sequence, long setAsideMillis, int bodyBytes, boolean durable, String reason) {
        /** About what it takes, with its place in a map and its text. */
        long memoryBytes() {
            return ENTRY_BYTES + reason.length();
        }
    }

    /** Whoever meets more than so many has lost a disk; the lists are for looking at, and must not fill the memory. */
    static final int ENTRIES_MAX = 100_000;

    private static final long ENTRY_BYTES = 160;
    private static final int AT_QUEUE = 0;
    private static final int AT_EXCHANGE = 1;

    private final CommandLog log;
    private final Map<Holder, NavigableMap<Long, Entry>> lists = new HashMap<>();
    private long count;
    private long memoryBytes;

    SetAside(CommandLog log) {
        this.log = log;
    }

    // ---- in and out: the same at run time and in recovery ----

    /** Whether one more can be kept. Not asked in recovery, where the log says what was kept. */
    boolean hasRoom() {
        return count < ENTRIES_MAX;
    }

    /** Keeps a message and its record. It may be here already, if the broker stopped before it had left its queue. */
    void add(Holder place, Entry entry) {
        log.retain(entry.sequence(), 1);
        Entry before = lists.computeIfAbsent(place, _ -> new TreeMap<>()).put(entry.sequence(), entry);
        if (before != null) {
            forgotten(before);
        }
        count++;
        memoryBytes += entry.memoryBytes();
    }

    /** Forgets one message; null if it is not here. */
    @Nullable Entry remove(Holder place, long sequence) {
        NavigableMap<Long, Entry> list = lists.get(place);
        if (list == null) {
            return null;
        }
        Entry entry = list.remove(sequence);
        if (entry != null) {
            forgotten(entry);
            if (list.isEmpty()) {
                lists.remove(place);
            }
        }
        return entry;
    }

    private void forgotten(Entry entry) {
        count--;
        memoryBytes -= entry.memoryBytes();
        log.release(entry.sequence());
    }

    /** Forgets all of a place; returns how many that were. */
    long removeAll(Holder place) {
        NavigableMap<Long, Entry> list = lists.remove(place);
        if (list == null) {
            return 0;
        }
        list.values().forEach(this::forgotten);
        return list.size();
    }

    /** A place or a virtual host is to be deleted. */
    void forget(TopologyCommand change) {
        switch (change) {
            case TopologyCommand.ExchangeDeleted deleted ->
                removeAll(new Holder.AtExchange(deleted.vhost(), deleted.name()));
            case TopologyCommand.QueueDeleted deleted ->
                removeAll(new Holder.AtQueue(deleted.vhost(), deleted.number()));
            case TopologyCommand.VhostDeleted deleted ->
                List.copyOf(lists.keySet()).stream()
                        .filter(place -> place.vhost().equals(deleted.vhost()))
                        .forEach(this::removeAll);
            case TopologyCommand.VhostCreated _,
                    TopologyCommand.ExchangeDeclared _,
                    TopologyCommand.Bound _,
                    TopologyCommand.Unbound _,
                    TopologyCommand.QueueDeclared _ -> {}
        }
    }

    // ---- what is here ----

    NavigableMap<Long, Entry> at(Holder place) {
        return lists.getOrDefault(place, new TreeMap<>());
    }

    long count(String vhost) {
        long there = 0;
        for (Map.Entry<Holder, NavigableMap<Long, Entry>> list : lists.entrySet()) {
            there += list.getKey().vhost().equals(vhost) ? list.getValue().size() : 0;
        }
        return there;
    }

    long memoryBytes() {
        return memoryBytes;
    }

    // ---- bytes ----

    static void encodePlace(ByteBuf out, Holder place) {
        switch (place) {
            case Holder.AtQueue at -> {
                out.writeByte(AT_QUEUE);
                ValueCodec.writeText(out, at.vhost());
                Varint.write(out, at.queue());
            }
            case Holder.AtExchange at -> {
                out.writeByte(AT_EXCHANGE);
                ValueCodec.writeText(out, at.vhost());
                ValueCodec.writeText(out, at.exchange());
            }
        }
    }

    static Holder decodePlace(ByteBuf in) {
        int kind = in.readByte();
        String vhost = ValueCodec.readText(in);
        return switch (kind) {
            case AT_QUEUE -> new Holder.AtQueue(vhost, Varint.read(in));
            case AT_EXCHANGE -> new Holder.AtExchange(vhost, ValueCodec.readText(in));
            default -> throw new IllegalArgumentException("no place of messages has kind " + kind);
        };
    }

    static void encode(ByteBuf out, Entry entry) {
        Varint.write(out, entry.sequence());
        Varint.write(out, entry.setAsideMillis());
        Varint.write(out, entry.bodyBytes() + 1L);
        ValueCodec.writeText(out, entry.reason());
    }

    static Entry decodeEntry(ByteBuf in) {
        return new Entry(Varint.read(in), Varint.read(in), (int) (Varint.read(in) - 1), true, ValueCodec.readText(in));
    }

    /** Writes what outlives a restart. */
    void encode(ByteBuf out) {
        Map<Holder, List<Entry>> durable = new HashMap<>();
        lists.forEach((place, list) -> {
            List<Entry> kept = list.values().stream().filter(Entry::durable).toList();
            if (!kept.isEmpty()) {
                durable.put(place, kept);
            }
        });
        Varint.write(out, durable.size());
        durable.forEach((place, list) -> {
            encodePlace(out, place);
            Varint.write(out, list.size());
            list.forEach(entry -> encode(out, entry));
        });
    }

    void decode(ByteBuf in) {
        int places = Varint.readInt(in);
        for (int i = 0; i < places; i++) {
            Holder place = decodePlace(in);
            int entries = Varint.readInt(in);
            for (int j = 0; j < entries; j++) {
                add(place, decodeEntry(in));
            }
        }
    }
}
