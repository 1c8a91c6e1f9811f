package io.ferrymq.broker.celery;

import io.ferrymq.broker.message.ValueCodec;
import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ids of the tasks that shall not run, by virtual host: each for a time, and at most so many.
 *
 * <p>Thread contract: the shard's lane only.
 *
 * <p>Every change is a record, which is applied the same way when it is written and when it is replayed. What depends on
 * the clock and on the broker's options is in the record.
 *
 * <pre>
 *   text    virtual host
 *   varint  now, wall clock in ms since 1970: what was to be remembered until then is forgotten
 *   varint  until when the ids are remembered, ms since 1970
 *   varint  how many ids the virtual host remembers at most; the oldest are forgotten
 *   varint  count of ids, then that many texts
 * </pre>
 *
 * <p>A record without ids is written when something is to be forgotten and nothing new is revoked. Texts are those of
 * {@link ValueCodec}.
 */
public final class Revocations {
    /** What an id takes beside its text: the string, the entry of the map, the time. */
    private static final int ENTRY_BYTES = 120;

    /** Of one virtual host: until when each id is remembered, in the order in which they were revoked. */
    private static final class Ids {
        private final LinkedHashMap<String, Long> untilMillis = new LinkedHashMap<>();
        private long bytes;

        void add(String id, long until) {
            remove(id);
            untilMillis.put(id, until);
            bytes += bytes(id);
        }

        private void remove(String id) {
            if (untilMillis.remove(id) != null) {
                bytes -= bytes(id);
            }
        }

        private static int bytes(String id) {
            return ENTRY_BYTES + ByteBufUtil.utf8Bytes(id);
        }

        /** Forgets the oldest, as long as their time is over or there are too many. */
        void forget(long nowMillis, long idsMax) {
            Iterator<Map.Entry<String, Long>> oldest = untilMillis.entrySet().iterator();
            while (oldest.hasNext()) {
                Map.Entry<String, Long> entry = oldest.next();
                if (entry.getValue() > nowMillis && untilMillis.size() <= idsMax) {
                    return;
                }
                bytes -= bytes(entry.getKey());
                oldest.remove();
            }
        }

        boolean isOldestOver(long nowMillis) {
            return !untilMillis.isEmpty() && untilMillis.firstEntry().getValue() <= nowMillis;
        }
    }

    private final Map<String, Ids> byVhost = new LinkedHashMap<>();

    // ---- what is revoked ----

    /** Whether a virtual host remembers any id. */
    public boolean isEmpty(String vhost) {
        return byVhost.isEmpty() || !byVhost.containsKey(vhost);
    }

    public boolean contains(String vhost, String id, long nowMillis) {
        Ids ids = byVhost.get(vhost);
        @Nullable Long until = ids == null ? null : ids.untilMillis.get(id);
        return until != null && until > nowMillis;
    }

    /** How many ids a virtual host remembers. */
    public int count(String vhost) {
        Ids ids = byVhost.get(vhost);
        return ids == null ? 0 : ids.untilMillis.size();
    }

    /** The virtual hosts that have something to forget. */
    public List<String> over(long nowMillis) {
        List<String> vhosts = new ArrayList<>();
        byVhost.forEach((vhost, ids) -> {
            if (ids.isOldestOver(nowMillis)) {
                vhosts.add(vhost);
            }
        });
        return vhosts;
    }

    public long memoryBytes() {
        long bytes = 0;
        for (Ids ids : byVhost.values()) {
            bytes += ids.bytes;
        }
        return bytes;
    }

    // ---- changes ----

    /** Writes a record; {@link #apply} is then to be called with it. */
    public static void encodeRecord(
            ByteBuf out, String vhost, long nowMillis, long untilMillis, int idsMax, List<String> ids) {
        ValueCodec.writeText(out, vhost);
        Varint.write(out, nowMillis);
        Varint.write(out, untilMillis);
        Varint.write(out, idsMax);
        Varint.write(out, ids.size());
        ids.forEach(id -> ValueCodec.writeText(out, id));
    }

    /** Carries out a record. The same at run time and in recovery. */
    public void apply(ByteBuf record) {
        String vhost = ValueCodec.readText(record);
        long nowMillis = Varint.read(record);
        long untilMillis = Varint.read(record);
        long idsMax = Varint.read(record);
        Ids ids = byVhost.computeIfAbsent(vhost, _ -> new Ids());
        int count = Varint.readInt(record);
        for (int i = 0; i < count; i++) {
            ids.add(ValueCodec.readText(record), untilMillis);
        }
        ids.forget(nowMillis, idsMax);
        if (ids.untilMillis.isEmpty()) {
            byVhost.remove(vhost);
        }
    }

    /** A virtual host is gone. */
    public void forget(String vhost) {
        byVhost.remove(vhost);
    }

    // ---- checkpoints ----

    /**
     * Writes all that is here: varint count of virtual hosts, for each: text name, varint count of ids, for each: text,
     * varint until when.
     */
    public void encode(ByteBuf out) {
        Varint.write(out, byVhost.size());
        byVhost.forEach((vhost, ids) -> {
            ValueCodec.writeText(out, vhost);
            Varint.write(out, ids.untilMillis.size());
            ids.untilMillis.forEach((id, until) -> {
                ValueCodec.writeText(out, id);
                Varint.write(out, until);
            });
        });
    }

    /** Reads what {@link #encode} wrote. */
    public void decode(ByteBuf in) {
        int vhosts = Varint.readInt(in);
        for (int i = 0; i < vhosts; i++) {
            Ids ids = new Ids();
            byVhost.put(ValueCodec.readText(in), ids);
            int count = Varint.readInt(in);
            for (int j = 0; j < count; j++) {
                ids.add(ValueCodec.readText(in), Varint.read(in));
            }
        }
    }
}
