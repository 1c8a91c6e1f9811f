package io.ferrymq.broker.timer;

import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.MessageRecord;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.broker.message.ValueCodec;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.log.RecordView;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a delayed message: the payload of a record in the log that says where it is held.
 *
 * <pre>
 *   varint  due, wall clock in ms since 1970; {@link #AT_ONCE} for a dead letter on its way
 *   text    virtual host
 *   text    the exchange that holds it and routes it then           if an exchange holds it
 *   varint  the number of the queue that holds it and has it then   if a queue holds it
 *   varint  count of further routing keys, then that many of octets with their length
 *   bytes   the message, which waits in no queue: {@link MessageRecord}
 * </pre>
 *
 * <p>If it is to be written for very many places, the exchange is the default one and the {@link Place}s come before the count of
 * further routing keys. Texts are those of {@link ValueCodec}. The type of the log's record tells the three apart. The holder is
 * the exchange that the message was published to, or an exchange or a queue that it came to on its way; the message
 * names the first. Further routing keys are stored although a header may have them,
 * since a dead letter may have lost them. The message has times only if it expires; that time begins anew when it is
 * routed.
 *
 * @param places what it is to be written for; empty if it is routed, or has a queue
 * @param extraRoutingKeys as {@link Publication#extraRoutingKeys}
 * @param message a view on the bytes that were read
 */
public record DelayRecord(
        long dueMillis, Holder holder, List<Place> places, List<String> extraRoutingKeys, StoredMessage message) {
    /** Due when the lane comes to it: a dead letter on its way, which is no delayed message. Earlier versions wrote it. */
    public static final long AT_ONCE = 0;

    /** Writes a record up to its body. */
    public static void encode(
            ByteBuf out,
            long dueMillis,
            Holder holder,
            List<? extends Place> places,
            Publication message,
            @Nullable History history,
            long nowMillis) {
        Varint.write(out, dueMillis);
        ValueCodec.writeText(out, holder.vhost());
        switch (holder) {
            case Holder.AtExchange at -> ValueCodec.writeText(out, at.exchange());
            case Holder.AtQueue at -> Varint.write(out, at.queue());
        }
        if (!places.isEmpty()) {
            Place.encode(out, places);
        }
        Varint.write(out, message.extraRoutingKeys().size());
        message.extraRoutingKeys().forEach(key -> ValueCodec.writeOctets(out, key));
        boolean timed = message.expirationMillis() != Publication.NEVER;
        MessageRecord.begin(out, message, history, timed, 0);
        MessageRecord.end(out, message, history, timed, nowMillis);
    }

    /** Reads a message that an exchange holds; valid as long as the bytes are. */
    public static DelayRecord decodeAtExchange(RecordView record) {
        ByteBuf in = record.buffer().slice(record.offset(), record.length());
        long dueMillis = Varint.read(in);
        Holder holder = new Holder.AtExchange(ValueCodec.readText(in), ValueCodec.readText(in));
        return decode(record, in, dueMillis, holder, List.of());
    }

    /** Reads a message that is to be written for many places; valid as long as the bytes are. */
    public static DelayRecord decodeForPlaces(RecordView record) {
        ByteBuf in = record.buffer().slice(record.offset(), record.length());
        long dueMillis = Varint.read(in);
        Holder holder = new Holder.AtExchange(ValueCodec.readText(in), ValueCodec.readText(in));
        return decode(record, in, dueMillis, holder, Place.decode(in));
    }

    /** Reads a message that a queue holds; valid as long as the bytes are. */
    public static DelayRecord decodeAtQueue(RecordView record) {
        ByteBuf in = record.buffer().slice(record.offset(), record.length());
        long dueMillis = Varint.read(in);
        Holder holder = new Holder.AtQueue(ValueCodec.readText(in), Varint.read(in));
        return decode(record, in, dueMillis, holder, List.of());
    }

    private static DelayRecord decode(
            RecordView record, ByteBuf in, long dueMillis, Holder holder, List<Place> places) {
        int count = ValueCodec.readCount(in);
        List<String> extraRoutingKeys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            extraRoutingKeys.add(ValueCodec.readOctets(in));
        }
        StoredMessage message = new StoredMessage();
        message.wrapWhole(record.sequence(), record.buffer(), record.offset() + in.readerIndex(), in.readableBytes());
        return new DelayRecord(dueMillis, holder, places, List.copyOf(extraRoutingKeys), message);
    }
}
