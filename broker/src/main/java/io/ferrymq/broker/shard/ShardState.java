package io.ferrymq.broker.shard;

import io.ferrymq.broker.access.AccessCommand;
import io.ferrymq.broker.access.AccessState;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.queue.QueueContext;
import io.ferrymq.broker.topology.DeclaredQueue;
import io.ferrymq.broker.topology.QueueFactory;
import io.ferrymq.broker.topology.QueueNumbers;
import io.ferrymq.broker.topology.QueueOwner;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.broker.topology.Topology;
import io.ferrymq.broker.topology.TopologyCommand;
import io.ferrymq.broker.topology.VirtualHost;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.RecordView;
import io.ferrymq.log.RecoveryTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a shard remembers across restarts, rebuilt from a snapshot and the log's records after it.
 *
 * <pre>
 *   snapshot:  u8 version, topology, access, then for each durable queue with content: varint number, its content;
 *              ended by the number 0; then the timetable of delayed messages, since version 2, and since version 3 with
 *              those that queues hold; then, since version 3, the revoked tasks, and for each queue in which messages
 *              rest: varint number, until when; ended by the number 0; then, since version 4, the error lists: see
 *              {@link SetAside}; then, since version 5, the time: see {@link Timeline}.
 *              Since version 6 the timetable has buckets of a millisecond
 * </pre>
 */
final class ShardState implements RecoveryTarget, QueueFactory {
    private static final byte VERSION = 6;
    private static final byte VERSION_WITHOUT_TIME = 4;
    private static final byte VERSION_WITHOUT_ERROR_LISTS = 3;
    private static final byte VERSION_WITHOUT_TASKS_AND_RESTS = 2;
    private static final byte VERSION_WITHOUT_DELAYS = 1;

    private final ShardMaker maker;
    private final Topology topology = new Topology(this);
    private final AccessState access = new AccessState();
    private final StoredMessage message = new StoredMessage();
    private @Nullable Shard shard;

    /** Makes the shard, once, when the log that it writes to is known. */
    interface ShardMaker {
        Shard make(CommandLog log, Topology topology, AccessState access);
    }

    ShardState(ShardMaker maker) {
        this.maker = maker;
    }

    /** The shard that this state belongs to. Queues need it, so it exists from the first thing recovered on. */
    Shard shardOn(CommandLog log) {
        Shard existing = shard;
        if (existing == null) {
            existing = maker.make(log, topology, access);
            shard = existing;
        }
        return existing;
    }

    private Shard requireShard() {
        return Objects.requireNonNull(shard);
    }

    @Override
    public DeclaredQueue create(long number, VirtualHost vhost, QueueSpec spec, QueueOwner owner) {
        Queue queue = new Queue(number, vhost.name(), spec, owner, requireShard());
        requireShard().celery().created(queue);
        return queue;
    }

    @Override
    public void discard(VirtualHost vhost, DeclaredQueue queue) {
        requireShard().celery().gone((Queue) queue);
        ((Queue) queue).deleted();
    }

    Topology topology() {
        return topology;
    }

    AccessState access() {
        return access;
    }

    // ---- snapshots ----

    /** Everything that outlives a restart, as of now. The caller releases it. */
    ByteBuf snapshot() {
        // In parts: one buffer would be copied each time it grows, and a snapshot may be a hundred megabytes.
        ByteBuf out = UnpooledByteBufAllocator.DEFAULT.compositeDirectBuffer(Integer.MAX_VALUE);
        out.writeByte(VERSION);
        topology.encodeSnapshot(out);
        access.encodeSnapshot(out);
        forEachQueue(queue -> {
            if (queue.isDurable() && !queue.isEmpty()) {
                Varint.write(out, queue.number());
                queue.encode(out);
            }
        });
        Varint.write(out, 0);
        requireShard().delays().encode(out);
        requireShard().celery().encode(out);
        forEachQueue(queue -> {
            if (queue.isDurable() && queue.restingCount() > 0) {
                Varint.write(out, queue.number());
                queue.encodeResting(out);
            }
        });
        Varint.write(out, 0);
        requireShard().damage().setAside().encode(out);
        requireShard().timeline().encode(out);
        return out;
    }

    @Override
    public void restore(CommandLog log, long sequence, ByteBuf snapshot) {
        shardOn(log);
        byte version = snapshot.readByte();
        if (version < VERSION_WITHOUT_DELAYS || version > VERSION) {
            throw new IllegalArgumentException(
                    "a checkpoint of version " + version + ", which this broker cannot read");
        }
        topology.restoreSnapshot(snapshot);
        access.restoreSnapshot(snapshot);
        for (long number = Varint.read(snapshot); number != 0; number = Varint.read(snapshot)) {
            queue(number).decode(snapshot, held -> log.retain(held, 1));
        }
        if (version == VERSION_WITHOUT_TASKS_AND_RESTS) {
            requireShard().delays().decodeWithoutQueues(snapshot);
        } else if (version > VERSION_WITHOUT_TASKS_AND_RESTS) {
            requireShard().delays().decode(snapshot);
            requireShard().celery().decode(snapshot);
        }
        if (version > VERSION_WITHOUT_TASKS_AND_RESTS) {
            for (long number = Varint.read(snapshot); number != 0; number = Varint.read(snapshot)) {
                queue(number).decodeResting(snapshot);
            }
        }
        if (version > VERSION_WITHOUT_ERROR_LISTS) {
            requireShard().damage().setAside().decode(snapshot);
        }
        if (version > VERSION_WITHOUT_TIME) {
            requireShard().timeline().decode(snapshot);
        }
    }

    // ---- records ----

    @Override
    public void replay(CommandLog log, RecordView record) {
        shardOn(log);
        switch (record.type()) {
            case RecordType.PUBLISH -> replayPublish(log, record);
            case RecordType.SETTLE ->
                Queue.readSettles(
                        payload(record),
                        (number, level, first, last) -> topology.queue(number)
                                .ifPresent(queue -> ((Queue) queue).settleRange(level, first, last)));
            case RecordType.TOPOLOGY -> requireShard().replay(TopologyCommand.decode(payload(record)));
            case RecordType.ACCESS -> access.apply(AccessCommand.decode(payload(record)));
            case RecordType.FAILURE -> replayFailure(payload(record));
            case RecordType.DELAY, RecordType.HOLD, RecordType.SPREAD ->
                requireShard().delays().replay(record);
            case RecordType.DELAY_END -> requireShard().delays().replayEnd(payload(record));
            case RecordType.HOLD_PURGE -> requireShard().delays().replayPurge(payload(record));
            case RecordType.REVOKE -> requireShard().celery().replay(payload(record));
            case RecordType.SET_ASIDE ->
                requireShard()
                        .damage()
                        .replay(
                                payload(record),
                                topology::queue,
                                requireShard().delays().timetable());
            case RecordType.SET_ASIDE_DROP -> requireShard().damage().replayDrop(payload(record));
            case RecordType.TIME -> requireShard().replayTime(payload(record));
            default ->
                throw new IllegalArgumentException(
                        "record " + record.sequence() + " has type " + record.type() + ", unknown to this broker");
        }
    }

    private void replayPublish(CommandLog log, RecordView record) {
        message.wrap(record);
        requireShard().timeline().seen(message.publishedMillis());
        requireShard().delays().replaced(message);
        for (long number : message.queueNumbers()) {
            if (!QueueNumbers.isTransient(number)) {
                queue(number)
                        .enqueue(
                                record.sequence(),
                                message.bodyLength(),
                                message.priority(),
                                message.persistent(),
                                message.publishedMillis(),
                                message.expirationMillis(),
                                message.taskExpiresMillis());
                log.retain(record.sequence(), 1);
            }
        }
    }

    private void replayFailure(ByteBuf in) {
        long number = Varint.read(in);
        long sequence = Varint.read(in);
        int failures = Varint.readInt(in);
        long restsUntilMillis = in.isReadable() ? Varint.read(in) : QueueContext.NO_REST;
        topology.queue(number)
                .ifPresent(queue -> ((Queue) queue).failuresRecovered(sequence, failures, restsUntilMillis));
    }

    private static ByteBuf payload(RecordView record) {
        return record.buffer().slice(record.offset(), record.length());
    }

    private Queue queue(long number) {
        DeclaredQueue queue = topology.queue(number)
                .orElseThrow(
                        () -> new IllegalStateException("the log names queue " + number + ", which does not exist"));
        return (Queue) queue;
    }

    /** Visits every queue of every virtual host. */
    void forEachQueue(Consumer<Queue> visitor) {
        for (VirtualHost vhost : topology.vhosts()) {
            for (DeclaredQueue queue : vhost.queues()) {
                visitor.accept((Queue) queue);
            }
        }
    }
}
