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
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts a routed message into its queues: one record with the body once, one index entry for each queue. Lane only.
 *
 * <p>The record goes to the journal if at least one of its queues keeps the message over a restart; otherwise it is
 * transient and nobody waits for it.
 */
final class Publishing {
    private static final int HEAD_BYTES_FIRST = 1024;
    private static final int QUEUES_FIRST = 16;

    private final CommandLog log;
    private final LongSupplier clockMillis;
    private final ByteBuf head = Unpooled.directBuffer(HEAD_BYTES_FIRST);
    private final List<Queue> refusingToDeadLetter = new ArrayList<>();
    private Queue[] accepting = new Queue[QUEUES_FIRST];
    private int acceptingCount;
    private int durableCount;
    private boolean timed;
    private boolean refused;

    Publishing(CommandLog log, LongSupplier clockMillis) {
        this.log = log;
        this.clockMillis = clockMillis;
    }

    /** Stores the message in the queues that take it, and writes the outcome into the publication. */
    void store(Publication message, Destinations destinations, @Nullable History history) {
        choose(message, destinations, history);
        if (acceptingCount == 0) {
            message.decided(refused ? Publication.Outcome.REJECTED : Publication.Outcome.UNROUTED, 0);
            return;
        }
        long nowMillis = timed ? clockMillis.getAsLong() : 0;
        long sequence = write(message, history, nowMillis);
        enqueue(message, sequence, nowMillis);
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

    private void choose(Publication message, Destinations destinations, @Nullable History history) {
        acceptingCount = 0;
        durableCount = 0;
        refused = false;
        timed = message.expirationMillis() != Publication.NEVER;
        int bodyBytes = message.body().readableBytes();
        for (int i = 0; i < destinations.size(); i++) {
            Queue queue = (Queue) destinations.get(i);
            if (history != null && Deaths.isEndless(history, queue.name())) {
                continue;
            }
            if (queue.refuses(bodyBytes)) {
                refuse(queue);
            } else {
                accept(queue, message);
            }
        }
    }

    private void refuse(Queue queue) {
        refused = true;
        if (queue.terms().overflow() == Overflow.REJECT_PUBLISH_DLX) {
            refusingToDeadLetter.add(queue);
        }
    }

    private void accept(Queue queue, Publication message) {
        if (acceptingCount == accepting.length) {
            accepting = Arrays.copyOf(accepting, acceptingCount * 2);
        }
        accepting[acceptingCount++] = queue;
        timed |= queue.terms().isTimed();
        if (queue.keeps(message.persistent())) {
            durableCount++;
        }
    }

    private long write(Publication message, @Nullable History history, long nowMillis) {
        head.clear();
        MessageRecord.begin(head, message, history, timed, durableCount);
        if (durableCount > 0) {
            for (int i = 0; i < acceptingCount; i++) {
                if (accepting[i].keeps(message.persistent())) {
                    MessageRecord.queue(head, accepting[i].number());
                }
            }
        }
        MessageRecord.end(head, message, history, timed, nowMillis);
        return durableCount > 0
                ? log.append(RecordType.PUBLISH, head, message.body(), acceptingCount)
                : log.appendTransient(RecordType.PUBLISH, head, message.body(), acceptingCount);
    }

    private void enqueue(Publication message, long sequence, long nowMillis) {
        int bodyBytes = message.body().readableBytes();
        boolean persistent = message.persistent();
        boolean durableYet = sequence <= log.durableSequence();
        for (int i = 0; i < acceptingCount; i++) {
            Queue queue = accepting[i];
            queue.enqueue(sequence, bodyBytes, message.priority(), persistent, nowMillis, message.expirationMillis());
            queue.messagesArrived(!durableYet && queue.keeps(persistent));
        }
    }

    void close() {
        head.release();
    }
}
