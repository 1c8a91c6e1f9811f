package io.ferrymq.broker.timer;

import io.ferrymq.broker.message.ValueCodec;
import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Small numbers for the exchanges and queues that hold delayed messages, and how many each holds. A number is free again
 * when its holder holds none. Numbers begin at 1; they are in checkpoints and not in records of the log.
 */
final class Holders {
    /** More than there can be exchanges and queues in any memory: they are numbered without gaps. */
    private static final int NUMBER_MAX = 1 << 22;

    private final Map<Holder, Integer> numbers = new HashMap<>();
    private final List<@Nullable Holder> holders = new ArrayList<>();
    /** The numbers that are taken, and 0. */
    private final BitSet taken = new BitSet();

    /** The numbers of those whose entries are dropped and have not all been taken away yet. */
    private final BitSet dropped = new BitSet();

    private long[] counts = new long[8];

    Holders() {
        holders.add(null);
        taken.set(0);
    }

    /** The number of a holder; a new one if it has none. */
    int number(Holder holder) {
        return numbers.computeIfAbsent(holder, this::assign);
    }

    private int assign(Holder holder) {
        int free = taken.nextClearBit(1);
        put(free, holder);
        return free;
    }

    private void put(int number, Holder holder) {
        while (holders.size() <= number) {
            holders.add(null);
        }
        holders.set(number, holder);
        taken.set(number);
        if (number >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(number + 1, counts.length * 2));
        }
    }

    /** The number of a holder; 0 if it holds nothing. */
    int existing(Holder holder) {
        return numbers.getOrDefault(holder, 0);
    }

    Holder holder(int number) {
        return Objects.requireNonNull(holders.get(number));
    }

    void added(int number) {
        counts[number]++;
    }

    void removed(int number) {
        if (--counts[number] == 0) {
            if (dropped.get(number)) {
                dropped.clear(number);
            } else {
                numbers.remove(holder(number));
            }
            free(number);
        }
    }

    /** All entries of a holder are nobody's from now on; returns how many. Its number stays taken until they are removed. */
    long drop(Holder holder) {
        Integer number = numbers.remove(holder);
        if (number == null) {
            return 0;
        }
        dropped.set(number);
        return counts[number];
    }

    boolean isDropped(int number) {
        return dropped.get(number);
    }

    boolean hasDropped() {
        return !dropped.isEmpty();
    }

    /** Whether a holder has this number whose entries are not dropped. */
    boolean isKnown(int number) {
        return taken.get(number) && !dropped.get(number);
    }

    private void free(int number) {
        holders.set(number, null);
        taken.clear(number);
    }

    long count(Holder holder) {
        return counts[existing(holder)];
    }

    /** Every exchange and queue that holds a message of the virtual host. */
    List<Holder> in(String vhost) {
        return numbers.keySet().stream()
                .filter(holder -> holder.vhost().equals(vhost))
                .toList();
    }

    /**
     * varint count of exchanges, for each: varint number, text virtual host, text exchange; then varint count of queues,
     * for each: varint number, text virtual host, varint number of the queue.
     */
    void encode(ByteBuf out) {
        List<Holder.AtExchange> exchanges = ofKind(Holder.AtExchange.class);
        Varint.write(out, exchanges.size());
        for (Holder.AtExchange holder : exchanges) {
            encodePlace(out, holder);
            ValueCodec.writeText(out, holder.exchange());
        }
        List<Holder.AtQueue> queues = ofKind(Holder.AtQueue.class);
        Varint.write(out, queues.size());
        for (Holder.AtQueue holder : queues) {
            encodePlace(out, holder);
            Varint.write(out, holder.queue());
        }
    }

    /** The numbers of the queues among them that are wanted. */
    BitSet queues(Predicate<Holder.AtQueue> wanted) {
        BitSet queues = new BitSet();
        numbers.forEach((holder, number) -> queues.set(number, holder instanceof Holder.AtQueue at && wanted.test(at)));
        return queues;
    }

    private <T extends Holder> List<T> ofKind(Class<T> kind) {
        return numbers.keySet().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private void encodePlace(ByteBuf out, Holder holder) {
        Varint.write(out, existing(holder));
        ValueCodec.writeText(out, holder.vhost());
    }

    void decode(ByteBuf in) {
        decodeExchanges(in);
        int count = Varint.readInt(in);
        for (int i = 0; i < count; i++) {
            int number = Varint.readInt(in);
            restore(number, new Holder.AtQueue(ValueCodec.readText(in), Varint.read(in)));
        }
    }

    /** Reads only the first of the two lists. */
    void decodeExchanges(ByteBuf in) {
        int count = Varint.readInt(in);
        for (int i = 0; i < count; i++) {
            int number = Varint.readInt(in);
            restore(number, new Holder.AtExchange(ValueCodec.readText(in), ValueCodec.readText(in)));
        }
    }

    private void restore(int number, Holder holder) {
        if (number > NUMBER_MAX) {
            throw new IllegalArgumentException("no holder has number " + number);
        }
        put(number, holder);
        numbers.put(holder, number);
    }

    /** Forgets holders whose messages were all transient. */
    void forgetEmpty() {
        List<Holder> empty =
                numbers.keySet().stream().filter(holder -> count(holder) == 0).toList();
        for (Holder holder : empty) {
            free(existing(holder));
            numbers.remove(holder);
        }
    }
}
