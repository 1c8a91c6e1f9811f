package io.ferrymq.broker.shard;

import io.ferrymq.broker.DamagedMessage;
import io.ferrymq.broker.DamagedMessages;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.timer.Holder;
import io.ferrymq.log.DamagedRecordException;
import java.util.List;

/** The error lists of one virtual host. Lane only. */
final class VhostDamage implements DamagedMessages {
    private final Shard shard;
    private final Damage damage;
    private final String vhost;

    VhostDamage(Shard shard, String vhost) {
        this.shard = shard;
        this.damage = shard.damage();
        this.vhost = vhost;
    }

    private Holder holder(Resource place) {
        return switch (place.kind()) {
            case EXCHANGE -> new Holder.AtExchange(vhost, place.name());
            case QUEUE ->
                shard.topology()
                        .requireVhost(vhost)
                        .queue(place.name())
                        .map(queue -> new Holder.AtQueue(vhost, queue.number()))
                        .orElseThrow(() -> new RefusedException(new Refusal.NotFound(place)));
        };
    }

    @Override
    public long count() {
        return damage.setAside().count(vhost);
    }

    @Override
    public long count(Resource place) {
        return damage.setAside().at(holder(place)).size();
    }

    @Override
    public List<DamagedMessage> list(Resource place, long after, int limit) {
        return damage.setAside().at(holder(place)).tailMap(after, false).values().stream()
                .limit(Math.clamp(limit, 1, PAGE_MAX))
                .map(entry -> new DamagedMessage(
                        entry.sequence(),
                        place,
                        entry.setAsideMillis(),
                        entry.reason(),
                        entry.bodyBytes(),
                        entry.durable()))
                .toList();
    }

    @Override
    public byte[] raw(Resource place, long id, int bytesMax) {
        boolean here = damage.setAside().at(holder(place)).containsKey(id);
        return here ? shard.faults().get(() -> shard.log().raw(id, bytesMax)) : new byte[0];
    }

    @Override
    public boolean giveBack(Resource place, long id) {
        Holder holder = holder(place);
        boolean given = shard.faults().get(() -> giveBack(place, holder, id));
        shard.awaitAllWritten();
        return given;
    }

    private boolean giveBack(Resource place, Holder holder, long id) {
        if (!damage.setAside().at(holder).containsKey(id)) {
            return false;
        }
        try {
            shard.delays().giveBack(holder, id);
        } catch (DamagedRecordException e) {
            throw new RefusedException(new Refusal.Unreadable(place, String.valueOf(e.getMessage())));
        }
        return damage.drop(holder, id);
    }

    @Override
    public boolean drop(Resource place, long id) {
        Holder holder = holder(place);
        boolean dropped = shard.faults().get(() -> damage.drop(holder, id));
        shard.awaitAllWritten();
        return dropped;
    }

    @Override
    public long dropAll(Resource place) {
        Holder holder = holder(place);
        long dropped = shard.faults().get(() -> damage.dropAll(holder));
        shard.awaitAllWritten();
        return dropped;
    }
}
