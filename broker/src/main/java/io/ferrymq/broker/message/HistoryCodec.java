package io.ferrymq.broker.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a {@link History}.
 *
 * <pre>
 *   varint  length of what follows
 *   u8      1 expiration removed, 2 extra keys removed
 *   death   the first of all
 *   varint  count, then that many deaths, newest first
 *
 *   death:  text queue, u8 reason, varint count, varint time in ms, text exchange,
 *           varint key count, texts, u8 1 if an original expiration follows, text
 *   text:   varint length in bytes, octets: see {@link Octets}
 * </pre>
 */
final class HistoryCodec {
    private static final int EXPIRATION_REMOVED = 1;
    private static final int EXTRA_KEYS_REMOVED = 2;

    private HistoryCodec() {}

    static void encode(ByteBuf out, History history) {
        ByteBuf body = out.alloc().heapBuffer();
        try {
            body.writeByte((history.expirationRemoved() ? EXPIRATION_REMOVED : 0)
                    | (history.extraKeysRemoved() ? EXTRA_KEYS_REMOVED : 0));
            encode(body, history.first());
            Varint.write(body, history.deaths().size());
            for (Death death : history.deaths()) {
                encode(body, death);
            }
            Varint.write(out, body.readableBytes());
            out.writeBytes(body);
        } finally {
            body.release();
        }
    }

    /** Decodes a history whose length has been read already and which starts at {@code offset}. */
    static History decode(ByteBuf buffer, int offset) {
        ByteBuf in = buffer.duplicate();
        in.readerIndex(0).writerIndex(buffer.capacity()).readerIndex(offset);
        int flags = in.readByte();
        Death first = decodeDeath(in);
        int count = Varint.readInt(in);
        List<Death> deaths = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            deaths.add(decodeDeath(in));
        }
        return new History(
                List.copyOf(deaths), first, (flags & EXPIRATION_REMOVED) != 0, (flags & EXTRA_KEYS_REMOVED) != 0);
    }

    private static void encode(ByteBuf out, Death death) {
        text(out, death.queue());
        out.writeByte(death.reason().code());
        Varint.write(out, death.count());
        Varint.write(out, death.timeMillis());
        text(out, death.exchange());
        Varint.write(out, death.routingKeys().size());
        for (String key : death.routingKeys()) {
            text(out, key);
        }
        String expiration = death.originalExpiration();
        out.writeByte(expiration == null ? 0 : 1);
        if (expiration != null) {
            text(out, expiration);
        }
    }

    private static Death decodeDeath(ByteBuf in) {
        String queue = text(in);
        Death.Reason reason = Death.Reason.ofCode(in.readByte());
        long count = Varint.read(in);
        long timeMillis = Varint.read(in);
        String exchange = text(in);
        int keyCount = Varint.readInt(in);
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < keyCount; i++) {
            keys.add(text(in));
        }
        @Nullable String expiration = in.readByte() == 0 ? null : text(in);
        return new Death(queue, reason, count, timeMillis, exchange, List.copyOf(keys), expiration);
    }

    private static void text(ByteBuf out, String text) {
        Octets.write(out, text);
    }

    private static String text(ByteBuf in) {
        return Octets.read(in);
    }
}
