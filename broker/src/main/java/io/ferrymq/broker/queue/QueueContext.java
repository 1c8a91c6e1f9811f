package io.ferrymq.broker.queue;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.log.DamagedRecordException;

/** What a queue needs from the shard that it lives in. Lane only. */
public interface QueueContext {
    /** A time that never comes. */
    long NO_TIME = Long.MAX_VALUE;

    /** In place of a time: a message does not rest. */
    long NO_REST = 0;

    /** The queue holds so many bytes of memory more for its messages, or fewer if negative. */
    default void held(long bytes) {}

    /** The broker's time, milliseconds: it passes evenly, whatever is done to the wall clock. */
    long nowMillis();

    /** Durable messages up to this sequence may be delivered. */
    long durableSequence();

    /**
     * Reads a message that the queue holds; valid until the next read.
     *
     * @throws DamagedRecordException if the message is damaged or cannot be understood: it is to be set aside
     */
    StoredMessage read(long sequence);

    /** Puts a message that cannot be read on the queue's error list. The queue still holds it during the call. */
    void setAside(Queue queue, int level, long sequence, int bodyBytes, boolean durable, DamagedRecordException damage);

    /** The queue no longer holds the message. */
    void release(long sequence);

    /** The queue has something to say in the next settle record: see {@link Queue#drainSettles}. */
    void settlesPending(Queue queue);

    /** What queues have to say in a settle record is so much that it is to be written now. */
    void writeSettles();

    /** Has the queue pumped at the end of this turn. */
    void pumpLater(Queue queue);

    /** What this turn may still do. */
    TurnBudget turnBudget();

    /** Has {@link Queue#pumpFromDisk} called when it is its turn to read the message of this sequence from the disk. */
    void pumpFromDisk(Queue queue, long sequence);

    /** Whether a message that the queue holds can be read without the disk. */
    boolean isAtHand(long sequence);

    /** Bytes that reading has taken from the disk so far. */
    long bytesRead();

    /** Does the beginning of a chore now, and the rest in the turns to come. */
    void start(Chore chore);

    /** Has the queue pumped when what is written now is durable. */
    void pumpWhenDurable(Queue queue);

    /**
     * Whether a message may be written anew as a dead letter now. While the log has much to write that is held in memory,
     * it may not: one large message after the other would take all there is.
     */
    boolean mayDeadLetter();

    /**
     * Whether {@link #mayDeadLetter} is false because of what finds no room on the disk. Then only those make room who take
     * messages, so none that has to wait may be in their way.
     */
    boolean isStuck();

    /** Has the queue pumped when {@link #mayDeadLetter} is true again. */
    void pumpWhenWritten(Queue queue);

    /**
     * Has {@link Queue#deadlineReached} called at that time, and no longer at the one that was asked for before; either
     * may be {@link #NO_TIME}.
     */
    void wakeAt(Queue queue, long beforeMillis, long atMillis);

    /** Whether a message that the queue holds is a task that shall not run. Asked by queues that understand tasks. */
    boolean isRevoked(Queue queue, long sequence);

    /**
     * Publishes a dead message to where the queue's terms say. The queue still holds it during the call. A queue that
     * understands tasks says of a revoked one that it expired.
     *
     * @throws DamagedRecordException if it cannot be read; then nothing was done
     */
    void deadLetter(Queue queue, long sequence, Death.Reason reason);

    /**
     * Writes that a message failed once more, so that the count survives a restart.
     *
     * @param restsUntilMillis when it is handed out again at the earliest; {@link #NO_REST} for at once
     */
    void failureCounted(Queue queue, int level, long sequence, int failures, long restsUntilMillis);

    /** What is left to chance: at least 0, and less than 1. */
    double chance();

    /** The queue deletes itself: its last consumer has gone, or nobody used it. */
    void deleteSelf(Queue queue);
}
