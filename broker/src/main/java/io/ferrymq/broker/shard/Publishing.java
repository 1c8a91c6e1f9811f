package io.ferrymq.broker.shard;

import io.ferrymq.broker.message.Deaths;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.MessageRecord;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.routing.Destinations;
import io.ferrymq.broker.topology.Overflow;
import io.ferrymq.log.CommandLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts a routed message into its queues: one record with the body once, one index entry for each queue. Lane only.
 *
 * <p>The record goes to the journal if at least one of its queues keeps the message over a restart; otherwise it is
 * transient and nobody waits for it.
 *
 * <p>A task that may not run yet is not put into a queue that understands tasks: that queue holds it ({@link Hold}), and
 * gets it with {@link #storeIn} when it is due. So it is with a message that is owed and for which a queue is too full.
 */
final class Publishing {
    /** Keeps a message for queues until their times; returns the sequence that a confirm waits for, 0 for none. */
    interface Hold {
        long keep(List<Held> at, Publication message, @Nullable History history);
    }

    /** A queue that gets the message at that time. */
    record Held(Queue queue, long dueMillis) {}

    private static final int HEAD_BYTES_FIRST = 1024;
    private static final int QUEUES_FIRST = 16;

    private final CommandLog log;
    private final Timeline timeline;
    private final Hold hold;
    private final FullQueues fullQueues;
    private final TaskTimes task;
    private final ByteBuf head = Unpooled.directBuffer(HEAD_BYTES_FIRST);
    private final List<Queue> refusingToDeadLetter = new ArrayList<>();
    private final List<Held> holding = new ArrayList<>();
    /** Where the message would go round for ever. */
    private Set<String> endless = Set.of();

    /** Those of one message, and nothing between two: a queue that is deleted stays with nobody. */
    private @Nullable Queue[] accepting = new Queue[QUEUES_FIRST];

    private int acceptingCount;
    private int durableCount;
    private boolean timed;
    private boolean refused;

    Publishing(CommandLog log, Timeline timeline, Hold hold, FullQueues fullQueues) {
        this.log = log;
        this.timeline = timeline;
        this.task = new TaskTimes(timeline);
        this.hold = hold;
        this.fullQueues = fullQueues;
    }

    /** Stores the message in the queues that take it, and writes the outcome into the publication. */
    void store(Publication message, Destinations destinations, @Nullable History history) {
        begin(message);
        endless = history == null ? Set.of() : Deaths.endless(history);
        for (int i = 0; i < destinations.size(); i++) {
            choose((Queue) destinations.get(i), message);
        }
        if (holding.isEmpty()) {
            storeChosen(message, history);
        } else {
            long heldAt = hold.keep(holding, message, history);
            holding.clear();
            storeChosen(message, history);
            message.held(heldAt);
        }
    }

    /** Stores a message that was held for a queue, whose bound is not asked here. */
    void storeIn(Queue queue, Publication message, @Nullable History history) {
        begin(message);
        accept(queue, message);
        storeChosen(message, history);
    }

    private void begin(Publication message) {
        acceptingCount = 0;
        durableCount = 0;
        refused = false;
        timed = message.expirationMillis() != Publication.NEVER;
        task.forget();
    }

    private void storeChosen(Publication message, @Nullable History history) {
        if (acceptingCount == 0) {
            message.decided(refused ? Publication.Outcome.REJECTED : Publication.Outcome.UNROUTED, 0);
            return;
        }
        long nowMillis = timed ? timeline.millis() : 0;
        long sequence = write(message, history, nowMillis);
        enqueue(message, sequence, nowMillis);
        Arrays.fill(accepting, 0, acceptingCount, null);
        message.decided(
                refused ? Publication.Outcome.REJECTED : Publication.Outcome.ACCEPTED, durableCount > 0 ? sequence : 0);
    }

    /** The queues that refused the last message and want it dead-lettered; empty for most messages. */
    List<Queue> takeRefusing() {
        if (refusingToDeadLetter.isEmpty()) {
            return List.of();
        }
        List<Queue> taken = List.copyOf(refusingToDeadLetter);
        refusingToDeadLetter.clear();
        return taken;
    }

    private void choose(Queue queue, Publication message) {
        if (!endless.isEmpty() && endless.contains(queue.name())) {
            return;
        }
        if (queue.refuses(message.body().readableBytes())) {
            refuse(queue, message);
        } else if (queue.terms().celery() && task.of(message).mayNotRunYet(timeline.millis())) {
            holding.add(new Held(queue, task.dueMillis()));
        } else {
            accept(queue, message);
        }
    }

    private void refuse(Queue queue, Publication message) {
        boolean deadLetters = queue.terms().overflow() == Overflow.REJECT_PUBLISH_DLX;
        if (message.isOwed() && !(deadLetters && queue.terms().deadLetterExchange() != null)) {
            holding.add(new Held(queue, fullQueues.tryAgainMillis(queue)));
            return;
        }
        refused = true;
        if (deadLetters) {
            refusingToDeadLetter.add(queue);
        }
    }

    private void accept(Queue queue, Publication message) {
        if (acceptingCount == accepting.length) {
            accepting = Arrays.copyOf(accepting, acceptingCount * 2);
        }
        accepting[acceptingCount++] = queue;
        timed |= queue.terms().isTimed();
        if (queue.terms().celery() && task.of(message).expires()) {
            timed = true;
            message.taskExpires(task.expiresMillis());
        }
        if (queue.keeps(message.persistent())) {
            durableCount++;
        }
    }

    private Queue accepting(int i) {
        return Objects.requireNonNull(accepting[i]);
    }

    private long write(Publication message, @Nullable History history, long nowMillis) {
        head.clear();
        int queues = MessageRecord.begin(head, message, history, timed, durableCount);
        if (durableCount > 0) {
            for (int i = 0; i < acceptingCount; i++) {
                if (accepting(i).keeps(message.persistent())) {
                    MessageRecord.queue(head, accepting(i).number());
                }
            }
            MessageRecord.endQueues(head, queues);
        }
        MessageRecord.end(head, message, history, timed, nowMillis);
        if (durableCount == 0) {
            return log.appendTransient(RecordType.PUBLISH, head, message.body(), acceptingCount);
        }
        message.replaces(0, 0);
        return log.append(RecordType.PUBLISH, head, message.body(), acceptingCount);
    }

    private void enqueue(Publication message, long sequence, long nowMillis) {
        int bodyBytes = message.body().readableBytes();
        boolean persistent = message.persistent();
        boolean durableYet = sequence <= log.durableSequence();
        for (int i = 0; i < acceptingCount; i++) {
            Queue queue = accepting(i);
            queue.enqueue(
                    sequence,
                    bodyBytes,
                    message.priority(),
                    persistent,
                    nowMillis,
                    message.expirationMillis(),
                    message.taskExpiresMillis());
            queue.messagesArrived(!durableYet && queue.keeps(persistent));
        }
    }

    void close() {
        head.release();
    }
}
