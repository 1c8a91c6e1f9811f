package io.ferrymq.broker.queue;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.MessageRecord;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueOwner;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.log.DamagedRecordException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A queue without a shard around it: every message is durable at once and reads the same. */
public class LooseQueue implements QueueContext {
    final TurnBudget budget = new TurnBudget(Long.MAX_VALUE / 2);
    public final Queue queue;
    private final StoredMessage message = new StoredMessage();
    private boolean pumpAsked;
    private long sequence;
    long released;
    long heldBytes;
    long wakesAtMillis = NO_TIME;

    public LooseQueue() {
        this(1, QueueArguments.NONE);
    }

    public LooseQueue(long number) {
        this(number, QueueArguments.NONE);
    }

    LooseQueue(QueueArguments arguments) {
        this(1, arguments);
    }

    private LooseQueue(long number, QueueArguments arguments) {
        queue = new Queue(number, "/", new QueueSpec("q", true, false, false, arguments), QueueOwner.NOBODY, this);
        ByteBuf record = Unpooled.buffer();
        Publication publication = Guest.message("", "body");
        MessageRecord.begin(record, publication, null, false, 0);
        MessageRecord.end(record, publication, null, false, 0);
        message.wrap(record, 0, record.readableBytes());
    }

    /** Takes so many messages, whose sequences are {@code step} apart. */
    void publish(int count, int step) {
        for (int i = 0; i < count; i++) {
            sequence += step;
            queue.enqueue(sequence, 100, 0, true, 0, Publication.NEVER, Publication.NEVER);
            queue.messagesArrived(false);
        }
    }

    /** Takes one message of this priority. */
    void publishWith(int priority) {
        publishWith(priority, Publication.NEVER);
    }

    /** Takes one message of this priority that has so long to live. */
    void publishWith(int priority, long expirationMillis) {
        sequence += 2;
        queue.enqueue(sequence, 100, priority, true, 0, expirationMillis, Publication.NEVER);
        queue.messagesArrived(false);
    }

    void turn() {
        while (pumpAsked) {
            pumpAsked = false;
            queue.pump();
        }
        ByteBuf settles = Unpooled.buffer();
        queue.drainSettles(settles);
    }

    @Override
    public void held(long bytes) {
        heldBytes += bytes;
    }

    @Override
    public long nowMillis() {
        return 0;
    }

    @Override
    public long durableSequence() {
        return Long.MAX_VALUE;
    }

    @Override
    public StoredMessage read(long sequenceOfMessage) {
        return message;
    }

    @Override
    public void setAside(
            Queue damaged,
            int level,
            long sequenceOfMessage,
            int bodyBytes,
            boolean durable,
            DamagedRecordException why) {
        throw new AssertionError("nothing here is damaged", why);
    }

    @Override
    public void release(long sequenceOfMessage) {
        released++;
    }

    @Override
    public void settlesPending(Queue settling) {}

    @Override
    public void writeSettles() {}

    @Override
    public void pumpLater(Queue pumped) {
        pumpAsked = true;
    }

    @Override
    public TurnBudget turnBudget() {
        return budget;
    }

    @Override
    public void pumpFromDisk(Queue pumped, long sequenceOfMessage) {
        throw new AssertionError("there is no disk");
    }

    @Override
    public boolean isAtHand(long sequenceOfMessage) {
        return true;
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    @Override
    public void start(Chore chore) {
        while (!chore.go(budget)) {
            budget.begin(1_000);
        }
    }

    @Override
    public boolean mayDeadLetter() {
        return true;
    }

    @Override
    public boolean isStuck() {
        return false;
    }

    @Override
    public void pumpWhenWritten(Queue pumped) {
        pumpAsked = true;
    }

    @Override
    public void pumpWhenDurable(Queue pumped) {
        pumpAsked = true;
    }

    @Override
    public void wakeAt(Queue woken, long beforeMillis, long atMillis) {
        wakesAtMillis = atMillis;
    }

    @Override
    public boolean isRevoked(Queue asking, long sequenceOfMessage) {
        return false;
    }

    @Override
    public void deadLetter(Queue dyingIn, long sequenceOfMessage, Death.Reason reason) {}

    @Override
    public void failureCounted(Queue failing, int level, long sequenceOfMessage, int failures, long restsUntilMillis) {}

    @Override
    public double chance() {
        return 0;
    }

    @Override
    public void deleteSelf(Queue deleted) {
        throw new AssertionError("nothing here goes by itself");
    }
}
