package io.ferrymq.broker.message;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a message: the payload of a publish record in the log.
 *
 * <pre>
 *   u8      flags: 1 persistent, 2 has a history, 4 has times, 8 has secret routing keys, 16 was delayed,
 *           32 replaces a delayed message, 64 is a task that expires, 128 has a length of queue numbers
 *   u8      number of the header's format
 *   u8      priority
 *   varint  count of durable queues it waits in
 *   u32     bytes of the queue numbers                      only with flag 128
 *   varint  queue number, as many as were counted
 *   varint  published, wall clock in ms since 1970      } only with flag 4
 *   varint  time to live in ms, plus one; 0 means none  }
 *   varint  when the task expires, ms since 1970            only with flag 64
 *   varint  sequence of the delayed message               } only with flag 32
 *   varint  when that was due, ms since 1970              }
 *   u8      length, then the exchange's name as it came
 *   u8      length, then the routing key as it came
 *   varint  length, then the history                      only with flag 2
 *   varint  length, then the secret routing keys          only with flag 8: see {@link TextList}
 *   varint  length, then the header as the protocol sent it
 *   bytes   the body, to the end of the record
 * </pre>
 *
 * <p>A message that was delayed has waited and is not delayed again; its header is as it came. One that replaces a
 * delayed message ends the wait of that one, so that both happen or none.
 *
 * <p>With many queues their numbers have a length, so that who delivers to one of them need not read them all: a fan-out
 * would read as often as it has queues what is as long as it has queues.
 *
 * <p>Times are stored only where a queue or the message limits its life, so that applying a record needs no clock. When a
 * task expires is stored where a queue that understands tasks takes it, so that applying a record needs no headers.
 */
public final class MessageRecord {
    static final int PERSISTENT = 1;
    static final int HAS_HISTORY = 2;
    static final int HAS_TIMES = 4;
    static final int HAS_SECRET_KEYS = 8;
    static final int WAS_DELAYED = 16;
    static final int REPLACES = 32;
    static final int TASK_EXPIRES = 64;
    static final int HAS_QUEUES_LENGTH = 128;

    /** With as many queues, their numbers have a length. */
    static final int QUEUES_WITH_LENGTH_MIN = 16;

    private static final int NO_LENGTH = -1;

    private MessageRecord() {}

    /**
     * Starts a record; {@link #queue} calls follow, then {@link #endQueues} with what this returns if there were any, then
     * {@link #end}.
     */
    public static int begin(
            ByteBuf out, Publication message, @Nullable History history, boolean timed, int durableQueueCount) {
        int flags = (message.persistent() ? PERSISTENT : 0)
                | (history != null ? HAS_HISTORY : 0)
                | (timed ? HAS_TIMES : 0)
                | (message.secretRoutingKeys().isEmpty() ? 0 : HAS_SECRET_KEYS)
                | (message.wasDelayed() ? WAS_DELAYED : 0)
                | (message.replacedSequence() > 0 ? REPLACES : 0)
                | (message.taskExpiresMillis() != Publication.NEVER ? TASK_EXPIRES : 0)
                | (durableQueueCount >= QUEUES_WITH_LENGTH_MIN ? HAS_QUEUES_LENGTH : 0);
        out.writeByte(flags);
        out.writeByte(message.format().id());
        out.writeByte(message.priority());
        Varint.write(out, durableQueueCount);
        if (durableQueueCount < QUEUES_WITH_LENGTH_MIN) {
            return NO_LENGTH;
        }
        int lengthIndex = out.writerIndex();
        out.writeInt(0);
        return lengthIndex;
    }

    /** Adds one durable queue. */
    public static void queue(ByteBuf out, long number) {
        Varint.write(out, number);
    }

    /** Notes how long the queue numbers became. */
    public static void endQueues(ByteBuf out, int lengthIndex) {
        if (lengthIndex != NO_LENGTH) {
            out.setInt(lengthIndex, out.writerIndex() - lengthIndex - Integer.BYTES);
        }
    }

    /** Ends the record up to its body. */
    public static void end(
            ByteBuf out, Publication message, @Nullable History history, boolean timed, long publishedMillis) {
        if (timed) {
            Varint.write(out, publishedMillis);
            Varint.write(out, message.expirationMillis() + 1);
        }
        if (message.taskExpiresMillis() != Publication.NEVER) {
            Varint.write(out, message.taskExpiresMillis());
        }
        if (message.replacedSequence() > 0) {
            Varint.write(out, message.replacedSequence());
            Varint.write(out, message.replacedDueMillis());
        }
        shortText(out, message.exchange());
        shortText(out, message.key());
        if (history != null) {
            HistoryCodec.encode(out, history);
        }
        if (!message.secretRoutingKeys().isEmpty()) {
            TextList.encode(out, message.secretRoutingKeys());
        }
        ByteBuf header = message.header();
        Varint.write(out, header.readableBytes());
        out.writeBytes(header, header.readerIndex(), header.readableBytes());
    }

    private static void shortText(ByteBuf out, ShortText text) {
        byte[] utf8 = text.utf8();
        out.writeByte(utf8.length);
        out.writeBytes(utf8);
    }
}
