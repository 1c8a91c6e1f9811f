package io.ferrymq.broker.shard;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.celery.Revocations;
import io.ferrymq.broker.celery.RevokeCommand;
import io.ferrymq.broker.celery.RevokedResult;
import io.ferrymq.broker.celery.TaskHeaders;
import io.ferrymq.broker.message.MessageFormat;
import io.ferrymq.broker.message.MessageFormats;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.log.CommandLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What queues that understand Celery's tasks have in common: which tasks are revoked, and what the callers of tasks hear
 * that will never run. Lane only.
 *
 * <p>Whoever may publish to the control exchange may revoke, as with workers. Ids are remembered while the virtual host
 * has such a queue when they are revoked; they stay when the queue goes, until their time is over.
 *
 * <p>A task that is revoked or too old leaves its queue when it is first there and before anybody gets it, as an expired
 * message does, and one that is held, when it is due. So nothing is kept for a waiting message, and nobody looks for it.
 */
final class CeleryTasks {
    /** Publishes on behalf of a queue. */
    interface Publisher {
        void publish(String vhost, Publication message);
    }

    private final Timeline timeline;
    private final CommandLog log;
    private final MessageFormats formats;
    private final int revokedMax;
    private final long revokedMillis;
    private final Turn turn;
    private final Publisher publisher;
    private final Map<String, Set<Queue>> queues = new HashMap<>();
    private final Revocations revocations = new Revocations();
    private final ByteBuf record = Unpooled.directBuffer(1024);

    CeleryTasks(
            Timeline timeline,
            CommandLog log,
            MessageFormats formats,
            int revokedMax,
            long revokedMillis,
            Turn turn,
            Publisher publisher) {
        this.timeline = timeline;
        this.log = log;
        this.formats = formats;
        this.revokedMax = revokedMax;
        this.revokedMillis = revokedMillis;
        this.turn = turn;
        this.publisher = publisher;
    }

    // ---- queues ----

    void created(Queue queue) {
        if (queue.terms().celery()) {
            queues.computeIfAbsent(queue.vhost(), _ -> new LinkedHashSet<>()).add(queue);
        }
    }

    void gone(Queue queue) {
        Set<Queue> inVhost = queues.get(queue.vhost());
        if (inVhost != null && inVhost.remove(queue) && inVhost.isEmpty()) {
            queues.remove(queue.vhost());
        }
    }

    /** Whether any queue understands tasks; if not, nothing else here needs to be asked. */
    boolean hasQueues() {
        return !queues.isEmpty();
    }

    // ---- revoking ----

    /** A message is published to an exchange: carries out what it says if that is for the broker, too. */
    void published(String vhost, String exchange, Publication message) {
        if (!exchange.equals(RevokeCommand.EXCHANGE) || !queues.containsKey(vhost)) {
            return;
        }
        List<String> ids = RevokeCommand.taskIds(message.body());
        Set<Queue> concerned = Objects.requireNonNull(queues.get(vhost));
        turn.budget().spend(RevokeCommand.units(message.body()) + (long) TurnBudget.SETTLEMENT * ids.size());
        if (!ids.isEmpty()) {
            long nowMillis = timeline.millis();
            message.confirmedNotBefore(write(vhost, nowMillis, nowMillis + revokedMillis, ids));
            concerned.forEach(Queue::tasksRevoked);
            turn.budget().spend((long) TurnBudget.GO * concerned.size());
            turn.flushLater();
        }
    }

    /** Forgets ids whose time is over. To be called now and then. */
    void forget() {
        long nowMillis = timeline.millis();
        for (String vhost : revocations.over(nowMillis)) {
            write(vhost, nowMillis, nowMillis, List.of());
            turn.writeLater();
        }
    }

    private long write(String vhost, long nowMillis, long untilMillis, List<String> ids) {
        record.clear();
        Revocations.encodeRecord(record, vhost, nowMillis, untilMillis, revokedMax, ids);
        revocations.apply(record.duplicate());
        return log.append(RecordType.REVOKE, record, Unpooled.EMPTY_BUFFER, 0);
    }

    /** Whether any task of the virtual host is revoked; if not, no message needs to be looked at. */
    boolean hasRevoked(String vhost) {
        return !revocations.isEmpty(vhost);
    }

    boolean isRevoked(String vhost, StoredMessage message) {
        MessageFormat format = formats.get(message.formatId());
        return format != null && isRevoked(vhost, format, header(message), timeline.millis());
    }

    private boolean isRevoked(String vhost, MessageFormat format, ByteBuf header, long nowMillis) {
        String id = revocations.isEmpty(vhost) ? null : TaskHeaders.id(format, header);
        return id != null && revocations.contains(vhost, id, nowMillis);
    }

    /** Whether a task that is due is for nobody. */
    boolean isOver(String vhost, Publication message) {
        long nowMillis = timeline.millis();
        return timeline.ofWall(TaskHeaders.expiresMillis(message.format(), message.header())) <= nowMillis
                || isRevoked(vhost, message.format(), message.header(), nowMillis);
    }

    /** The id of a task that is stored; null if it is no task. */
    @Nullable String idOf(StoredMessage message) {
        MessageFormat format = formats.get(message.formatId());
        return format == null ? null : TaskHeaders.id(format, header(message));
    }

    private static ByteBuf header(StoredMessage message) {
        return message.buffer().slice(message.headerOffset(), message.headerLength());
    }

    // ---- telling ----

    /** As {@link #ended(Queue, MessageFormat, ByteBuf, boolean)}; the view is not used after this call. */
    void ended(Queue queue, StoredMessage message) {
        MessageFormat format = formats.get(message.formatId());
        if (format != null) {
            // The clock may have been set back since the queue took it.
            long expiresMillis = message.taskExpiresMillis();
            boolean expired = expiresMillis != Publication.NEVER && expiresMillis <= timeline.millis();
            ended(queue, format, header(message), message.persistent(), expired);
        }
    }

    /**
     * A message has expired in a queue, or is a revoked task: tells the caller of the task what a worker would. A message
     * that its time to live sends elsewhere may still run there, so then nobody is told.
     *
     * <p>The publisher of a task has a result sent to any queue of the virtual host in this way, as with a worker.
     */
    void ended(Queue queue, MessageFormat format, ByteBuf header, boolean persistent) {
        ended(queue, format, header, persistent, false);
    }

    private void ended(Queue queue, MessageFormat format, ByteBuf header, boolean persistent, boolean hasExpired) {
        String id = TaskHeaders.id(format, header);
        String replyTo = id == null ? null : TaskHeaders.replyTo(format, header);
        if (id == null || replyTo == null) {
            return;
        }
        long nowMillis = timeline.millis();
        boolean expired = hasExpired || timeline.ofWall(TaskHeaders.expiresMillis(format, header)) <= nowMillis;
        boolean revoked = revocations.contains(queue.vhost(), id, nowMillis);
        if (expired || revoked || queue.terms().deadLetterExchange() == null) {
            String reason = revoked && !expired ? RevokedResult.REVOKED : RevokedResult.EXPIRED;
            publisher.publish(queue.vhost(), result(format, id, replyTo, reason, persistent));
        }
    }

    private static Publication result(
            MessageFormat format, String id, String replyTo, String reason, boolean persistent) {
        Publication result = new Publication(format);
        result.address(ShortText.EMPTY, ShortText.of(replyTo), List.of());
        result.content(
                format.withProperties(RevokedResult.properties(id, persistent ? 2 : 1)),
                RevokedResult.body(id, reason));
        result.terms(persistent, 0, Publication.NEVER);
        return result;
    }

    // ---- recovery, checkpoints, the end ----

    void replay(ByteBuf in) {
        revocations.apply(in);
    }

    /** A virtual host is to be deleted. The same at run time and in recovery. */
    void forgetVhost(String vhost) {
        revocations.forget(vhost);
    }

    void encode(ByteBuf out) {
        revocations.encode(out);
    }

    void decode(ByteBuf in) {
        revocations.decode(in);
    }

    long memoryBytes() {
        return revocations.memoryBytes();
    }

    /** Lets go of its memory. */
    void close() {
        record.release();
    }
}
