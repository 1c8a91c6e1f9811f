package io.ferrymq.broker.message;

import io.ferrymq.log.DamagedRecordException;
import io.ferrymq.log.RecordView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link MessageRecord} in place. One instance is moved from record to record by its owner, so that looking at
 * a message creates nothing.
 */
public final class StoredMessage implements MessageView {
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int flags;
    private byte formatId;
    private int priority;
    private int queueCount;
    private int queuesOffset;
    private long publishedMillis;
    private long expirationMillis;
    private long taskExpiresMillis;
    private long replacedSequence;
    private long replacedDueMillis;
    private int exchangeOffset;
    private int exchangeLength;
    private int routingKeyOffset;
    private int routingKeyLength;
    private int historyOffset;
    private int historyLength;
    private @Nullable History history;
    private int secretKeysOffset;
    private int secretKeysLength;
    private int headerOffset;
    private int headerLength;
    private int bodyOffset;
    private int bodyLength;
    private int at;

    /** Points this view at a record. */
    public void wrap(RecordView record) {
        wrap(record.buffer(), record.offset(), record.length());
    }

    /**
     * As {@link #wrap(RecordView)}, of a record that may be anything.
     *
     * @throws DamagedRecordException if it is no message
     */
    public void wrapWhole(RecordView record) {
        wrapWhole(record.sequence(), record.buffer(), record.offset(), record.length());
    }

    /** The same for {@code length} bytes of {@code bytes} from {@code offset}, which are in the record of that sequence. */
    public void wrapWhole(long sequence, ByteBuf bytes, int offset, int length) {
        try {
            wrap(bytes, offset, length);
            if (lengthsAreNegative() || bodyLength < 0) {
                throw new IllegalArgumentException("its parts are longer than the whole");
            }
            history();
            secretRoutingKeys();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new DamagedRecordException("record " + sequence + " is no message: " + e, e);
        }
    }

    private boolean lengthsAreNegative() {
        return (queueCount | headerLength | historyLength | secretKeysLength) < 0;
    }

    /** Points this view at {@code length} bytes of {@code buffer} from {@code offset}. */
    public void wrap(ByteBuf buffer, int offset, int length) {
        this.buffer = buffer;
        history = null;
        historyLength = 0;
        secretKeysLength = 0;
        at = offset;
        flags = buffer.getByte(at++);
        formatId = buffer.getByte(at++);
        priority = buffer.getUnsignedByte(at++);
        readQueues();
        readTimes();
        readReplaced();
        exchangeLength = buffer.getUnsignedByte(at++);
        exchangeOffset = at;
        at += exchangeLength;
        routingKeyLength = buffer.getUnsignedByte(at++);
        routingKeyOffset = at;
        at += routingKeyLength;
        if ((flags & MessageRecord.HAS_HISTORY) != 0) {
            historyLength = (int) varint();
            historyOffset = at;
            at += historyLength;
        }
        if ((flags & MessageRecord.HAS_SECRET_KEYS) != 0) {
            secretKeysLength = (int) varint();
            secretKeysOffset = at;
            at += secretKeysLength;
        }
        headerLength = (int) varint();
        headerOffset = at;
        bodyOffset = at + headerLength;
        bodyLength = offset + length - bodyOffset;
    }

    private void readQueues() {
        queueCount = (int) varint();
        if ((flags & MessageRecord.HAS_QUEUES_LENGTH) != 0) {
            int queuesLength = buffer.getInt(at);
            queuesOffset = at + Integer.BYTES;
            at = queuesOffset + queuesLength;
            return;
        }
        queuesOffset = at;
        for (int i = 0; i < queueCount; i++) {
            varint();
        }
    }

    private void readTimes() {
        publishedMillis = 0;
        expirationMillis = Publication.NEVER;
        if ((flags & MessageRecord.HAS_TIMES) != 0) {
            publishedMillis = varint();
            expirationMillis = varint() - 1;
        }
        taskExpiresMillis = (flags & MessageRecord.TASK_EXPIRES) != 0 ? varint() : Publication.NEVER;
    }

    private void readReplaced() {
        replacedSequence = 0;
        if ((flags & MessageRecord.REPLACES) != 0) {
            replacedSequence = varint();
            replacedDueMillis = varint();
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = buffer.getByte(at++);
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    /** Numbers of the durable queues that it was put into. */
    public long[] queueNumbers() {
        long[] numbers = new long[queueCount];
        at = queuesOffset;
        for (int i = 0; i < queueCount; i++) {
            numbers[i] = varint();
        }
        return numbers;
    }

    public long publishedMillis() {
        return publishedMillis;
    }

    /** Its own time to live in milliseconds; {@link Publication#NEVER} if it has none. */
    public long expirationMillis() {
        return expirationMillis;
    }

    /** When it expires as a task, milliseconds since 1970; {@link Publication#NEVER} if it does not. */
    public long taskExpiresMillis() {
        return taskExpiresMillis;
    }

    /** The delayed message whose place it takes; 0 for none. */
    public long replacedSequence() {
        return replacedSequence;
    }

    /** When the delayed message was due whose place it takes. */
    public long replacedDueMillis() {
        return replacedDueMillis;
    }

    public String exchange() {
        return text(exchangeOffset, exchangeLength);
    }

    public String routingKey() {
        return text(routingKeyOffset, routingKeyLength);
    }

    /** The keys that it was routed by, too, and that no header shows. */
    public List<String> secretRoutingKeys() {
        return (flags & MessageRecord.HAS_SECRET_KEYS) == 0
                ? List.of()
                : TextList.decode(buffer, secretKeysOffset, secretKeysLength);
    }

    private String text(int offset, int length) {
        return Octets.decode(buffer, offset, length);
    }

    @Override
    public ByteBuf buffer() {
        return buffer;
    }

    @Override
    public byte formatId() {
        return formatId;
    }

    @Override
    public int exchangeOffset() {
        return exchangeOffset;
    }

    @Override
    public int exchangeLength() {
        return exchangeLength;
    }

    @Override
    public int routingKeyOffset() {
        return routingKeyOffset;
    }

    @Override
    public int routingKeyLength() {
        return routingKeyLength;
    }

    @Override
    public int headerOffset() {
        return headerOffset;
    }

    @Override
    public int headerLength() {
        return headerLength;
    }

    @Override
    public int bodyOffset() {
        return bodyOffset;
    }

    @Override
    public int bodyLength() {
        return bodyLength;
    }

    @Override
    public boolean persistent() {
        return (flags & MessageRecord.PERSISTENT) != 0;
    }

    @Override
    public boolean wasDelayed() {
        return (flags & MessageRecord.WAS_DELAYED) != 0;
    }

    @Override
    public int priority() {
        return priority;
    }

    /** Bytes of the history; 0 if there is none. */
    public int historyLength() {
        return historyLength;
    }

    @Override
    public @Nullable History history() {
        if (history == null && (flags & MessageRecord.HAS_HISTORY) != 0) {
            history = HistoryCodec.decode(buffer, historyOffset);
        }
        return history;
    }
}
