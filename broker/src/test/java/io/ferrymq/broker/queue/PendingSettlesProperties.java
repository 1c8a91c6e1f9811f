package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class PendingSettlesProperties {
    private record Range(long queue, int level, long first, long last) {}

    /** Entries of one chain: sequences with gaps, as other queues' messages leave them. */
    private static long[] sequences(Random random, int count) {
        long[] sequences = new long[count];
        long sequence = random.nextInt(1_000);
        for (int i = 0; i < count; i++) {
            sequence += 2L * (1 + (random.nextInt(5) == 0 ? random.nextInt(1 << 20) : 0));
            sequences[i] = sequence;
        }
        return sequences;
    }

    private static void add(PendingSettles pending, long[] sequences, int ordinal) {
        Entry entry = new Entry();
        entry.ordinal = ordinal;
        entry.sequence = sequences[ordinal];
        pending.add(entry);
    }

    @Property
    void theRangesReadAreExactlyWhatWasSettled(@ForAll long seed, @ForAll @IntRange(min = 1, max = 400) int count) {
        Random random = new Random(seed);
        long[] sequences = sequences(random, count);
        List<Integer> order = new ArrayList<>();
        for (int ordinal = 0; ordinal < count; ordinal++) {
            if (random.nextInt(4) > 0) {
                order.add(random.nextInt(8) == 0 ? random.nextInt(order.size() + 1) : order.size(), ordinal);
            }
        }
        PendingSettles pending = new PendingSettles(3, _ -> {});
        order.forEach(ordinal -> add(pending, sequences, ordinal));
        ByteBuf record = Unpooled.buffer();
        if (!pending.isEmpty()) {
            pending.drain(77, record);
        }

        TreeSet<Long> settled = new TreeSet<>();
        Queue.readSettles(record, (queue, level, first, last) -> {
            assertThat(queue).isEqualTo(77);
            assertThat(level).isEqualTo(3);
            for (long sequence : sequences) {
                if (sequence >= first && sequence <= last) {
                    settled.add(sequence);
                }
            }
        });
        assertThat(settled)
                .isEqualTo(new TreeSet<>(order.stream().map(o -> sequences[o]).toList()));
        assertThat(pending.isEmpty()).isTrue();
    }

    @Property
    void neighboursAreOneRange(@ForAll long seed, @ForAll @IntRange(min = 1, max = 2_000) int count) {
        long[] sequences = sequences(new Random(seed), count);
        PendingSettles pending = new PendingSettles(0, _ -> {});
        for (int ordinal = 0; ordinal < count; ordinal++) {
            add(pending, sequences, ordinal);
        }
        ByteBuf record = Unpooled.buffer();
        pending.drain(1, record);
        List<Range> ranges = new ArrayList<>();
        Queue.readSettles(record, (queue, level, first, last) -> ranges.add(new Range(queue, level, first, last)));
        assertThat(ranges).containsExactly(new Range(1, 0, sequences[0], sequences[count - 1]));
    }

    @Property
    void whatConsumersSettleInTurnIsWrittenInOrderAndNeighboursAsOne(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 2_000) int count) {
        Random random = new Random(seed);
        long[] sequences = sequences(random, count);
        List<Integer> order = new ArrayList<>();
        for (int ordinal = 0; ordinal < count; ordinal++) {
            if (random.nextInt(10) > 0) {
                order.add(ordinal);
            }
        }
        List<Range> expected = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            boolean follows = i > 0 && order.get(i - 1) + 1 == order.get(i);
            long first = follows ? expected.removeLast().first : sequences[order.get(i)];
            expected.add(new Range(1, 0, first, sequences[order.get(i)]));
        }
        Collections.shuffle(order, random);
        PendingSettles pending = new PendingSettles(0, _ -> {});
        order.forEach(ordinal -> add(pending, sequences, ordinal));
        ByteBuf record = Unpooled.buffer();
        pending.drain(1, record);
        List<Range> ranges = new ArrayList<>();
        Queue.readSettles(record, (queue, level, first, last) -> ranges.add(new Range(queue, level, first, last)));
        assertThat(ranges).isEqualTo(expected);
    }

    @Property
    void oneRecordHoldsManyQueuesAndLevels(
            @ForAll @LongRange(min = 1, max = 1L << 62) long queue, @ForAll @IntRange(max = 255) int level) {
        ByteBuf record = Unpooled.buffer();
        List<Range> written = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            PendingSettles pending = new PendingSettles(level, _ -> {});
            add(pending, new long[] {1_000L - i}, 0);
            pending.drain(queue + i, record);
            written.add(new Range(queue + i, level, 1_000L - i, 1_000L - i));
        }
        List<Range> read = new ArrayList<>();
        Queue.readSettles(record, (number, of, first, last) -> read.add(new Range(number, of, first, last)));
        assertThat(read).isEqualTo(written);
    }
}
