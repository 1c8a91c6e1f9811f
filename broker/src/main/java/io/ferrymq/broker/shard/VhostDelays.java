package io.ferrymq.broker.shard;

import io.ferrymq.broker.DelayedMessage;
import io.ferrymq.broker.DelayedMessages;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.broker.timer.DelayRecord;
import io.ferrymq.broker.timer.DueEntry;
import io.ferrymq.broker.timer.Holder;
import io.ferrymq.broker.timer.Timetable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The delayed messages of one virtual host. Lane only. */
final class VhostDelays implements DelayedMessages {
    private final Shard shard;
    private final Delays delays;
    private final String vhost;
    private final DueEntry found = new DueEntry();

    VhostDelays(Shard shard, String vhost) {
        this.shard = shard;
        this.delays = shard.delays();
        this.vhost = vhost;
    }

    private Timetable timetable() {
        return delays.timetable();
    }

    @Override
    public long count() {
        return timetable().count(vhost);
    }

    @Override
    public long count(String exchange) {
        return timetable().count(new Holder.AtExchange(vhost, exchange));
    }

    @Override
    public long countAtQueue(String queue) {
        return holder(queue).map(timetable()::count).orElse(0L);
    }

    private Optional<Holder> holder(String queue) {
        return shard.topology()
                .vhost(vhost)
                .flatMap(host -> host.queue(queue))
                .map(declared -> new Holder.AtQueue(vhost, declared.number()));
    }

    @Override
    public List<DelayedMessage> list(@Nullable String exchange, @Nullable DelayedMessage after, int limit) {
        return exchange == null
                ? list(holder -> holder.vhost().equals(vhost), after, limit)
                : list(new Holder.AtExchange(vhost, exchange)::equals, after, limit);
    }

    @Override
    public List<DelayedMessage> listAtQueue(String queue, @Nullable DelayedMessage after, int limit) {
        return holder(queue).map(holder -> list(holder::equals, after, limit)).orElse(List.of());
    }

    private List<DelayedMessage> list(Predicate<Holder> wanted, @Nullable DelayedMessage after, int limit) {
        long dueMillis = after == null ? 0 : shard.timeline().ofWall(after.dueMillis());
        long id = after == null ? 0 : after.id();
        List<DelayedMessage> page = new ArrayList<>();
        for (DueEntry entry : timetable().after(dueMillis, id, Math.clamp(limit, 1, PAGE_MAX), wanted)) {
            DelayRecord record = delays.readOrSetAside(entry);
            if (record != null) {
                page.add(describe(entry, record));
            }
        }
        return page;
    }

    private DelayedMessage describe(DueEntry entry, DelayRecord record) {
        StoredMessage message = record.message();
        return new DelayedMessage(
                entry.sequence,
                shard.timeline().toWall(entry.dueMillis),
                resource(record.holder()),
                message.exchange(),
                message.routingKey(),
                entry.durable,
                message.bodyLength());
    }

    private Resource resource(Holder holder) {
        return switch (holder) {
            case Holder.AtExchange at -> Resource.exchange(at.exchange(), vhost);
            case Holder.AtQueue at ->
                Resource.queue(
                        shard.topology()
                                .queue(at.queue())
                                .map(queue -> queue.spec().name())
                                .orElseThrow(),
                        vhost);
        };
    }

    @Override
    public boolean cancel(long id) {
        return shard.faults().get(() -> cancelIfThere(id));
    }

    private boolean cancelIfThere(long id) {
        if (!find(id)) {
            return false;
        }
        delays.cancel(found);
        shard.awaitAllWritten();
        return true;
    }

    @Override
    public boolean runNow(long id) {
        return shard.faults().get(() -> runIfThere(id));
    }

    private boolean runIfThere(long id) {
        if (!find(id)) {
            return false;
        }
        boolean routed = delays.route(found);
        shard.awaitAllWritten();
        return routed;
    }

    @Override
    public long postpone(long id, long dueMillis) {
        return shard.faults().get(() -> postponeIfThere(id, dueMillis));
    }

    private long postponeIfThere(long id, long dueMillis) {
        if (!find(id)) {
            return 0;
        }
        long newId = delays.postpone(found, shard.timeline().ofWall(dueMillis));
        shard.awaitAllWritten();
        return newId;
    }

    private boolean find(long id) {
        return timetable().find(id, found)
                && timetable().holder(found.holder).vhost().equals(vhost);
    }
}
