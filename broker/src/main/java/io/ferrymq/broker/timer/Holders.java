package io.ferrymq.broker.timer;

import io.ferrymq.broker.message.ValueCodec;
import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Small numbers for the exchanges that hold delayed messages, and how many each holds. A number is free again when its
 * exchange holds none. Numbers begin at 1; they are in checkpoints and not in records of the log.
 */
final class Holders {
    private final Map<Holder, Integer> numbers = new HashMap<>();
    private final List<@Nullable Holder> holders = new ArrayList<>();
    private long[] counts = new long[8];

    Holders() {
        holders.add(null);
    }

    /** The number of a holder; a new one if it has none. */
    int number(Holder holder) {
        return numbers.computeIfAbsent(holder, this::assign);
    }

    private int assign(Holder holder) {
        int free = holders.size() == numbers.size() + 1 ? holders.size() : firstFree();
        put(free, holder);
        return free;
    }

    private int firstFree() {
        int number = 1;
        while (holders.get(number) != null) {
            number++;
        }
        return number;
    }

    private void put(int number, Holder holder) {
        while (holders.size() <= number) {
            holders.add(null);
        }
        holders.set(number, holder);
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
            numbers.remove(holder(number));
            holders.set(number, null);
        }
    }

    long count(Holder holder) {
        return counts[existing(holder)];
    }

    /** Every exchange that holds a message of the virtual host. */
    List<Holder> in(String vhost) {
        return numbers.keySet().stream()
                .filter(holder -> holder.vhost().equals(vhost))
                .toList();
    }

    /** varint count, then for each: varint number, text virtual host, text exchange. */
    void encode(ByteBuf out) {
        Varint.write(out, numbers.size());
        numbers.forEach((holder, number) -> {
            Varint.write(out, number);
            ValueCodec.writeText(out, holder.vhost());
            ValueCodec.writeText(out, holder.exchange());
        });
    }

    void decode(ByteBuf in) {
        int count = Varint.readInt(in);
        for (int i = 0; i < count; i++) {
            int number = Varint.readInt(in);
            Holder holder = new Holder(ValueCodec.readText(in), ValueCodec.readText(in));
            put(number, holder);
            numbers.put(holder, number);
        }
    }

    /** Forgets holders whose messages were all transient. */
    void forgetEmpty() {
        List<Holder> empty =
                numbers.keySet().stream().filter(holder -> count(holder) == 0).toList();
        for (Holder holder : empty) {
            holders.set(existing(holder), null);
            numbers.remove(holder);
        }
    }
}
