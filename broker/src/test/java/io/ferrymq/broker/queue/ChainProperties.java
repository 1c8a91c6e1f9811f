package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.TurnBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** A chain and its cursor against a plain list. */
class ChainProperties {
    record Row(long sequence, int bodyBytes, boolean durable, long expiresAtMillis) {}

    private final List<Row> model = new ArrayList<>();
    private final Set<Integer> settled = new HashSet<>();
    private int taken;

    @Property(tries = 60)
    void aChainBehavesLikeAList(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20_000) int steps) {
        Random random = new Random(seed);
        model.clear();
        settled.clear();
        taken = 0;
        long[] held = {0};
        Chain chain = new Chain(bytes -> held[0] += bytes, new TurnBudget(0));
        Cursor cursor = new Cursor(chain, _ -> {});
        long sequence = 0;
        for (int step = 0; step < steps; step++) {
            switch (random.nextInt(5)) {
                case 0, 1 -> sequence = append(random, chain, sequence);
                case 2, 3 -> take(cursor);
                default -> settleOneTaken(random, chain);
            }
            findOneTaken(random, chain);
            assertThat(chain.memoryBytes()).isEqualTo(held[0]).isPositive();
        }
        assertThat(unsettled(chain)).isEqualTo(expectedUnsettled());
    }

    private long append(Random random, Chain chain, long sequence) {
        long next = sequence + 1 + (random.nextInt(10) == 0 ? random.nextInt(1_000_000) : 0);
        long expires = random.nextInt(4) == 0 ? 1_700_000_000_000L + random.nextInt(100_000) : Entry.NEVER;
        Row row = new Row(next, random.nextInt(1 << random.nextInt(1, 28)), random.nextBoolean(), expires);
        chain.append(row.sequence, row.bodyBytes, row.durable, row.expiresAtMillis);
        model.add(row);
        return next;
    }

    private void take(Cursor cursor) {
        @Nullable Entry entry = cursor.peek();
        if (taken == model.size()) {
            assertThat(entry).isNull();
            return;
        }
        Objects.requireNonNull(entry);
        assertThat(entry.ordinal).isEqualTo(taken);
        assertThat(row(entry)).isEqualTo(model.get(taken));
        cursor.take();
        taken++;
    }

    private void settleOneTaken(Random random, Chain chain) {
        if (taken > 0) {
            int ordinal = random.nextBoolean() ? oldestUnsettled() : random.nextInt(taken);
            assertThat(chain.settle(ordinal)).isEqualTo(settled.add(ordinal));
        }
    }

    private void findOneTaken(Random random, Chain chain) {
        if (taken > 0) {
            int ordinal = random.nextInt(3) == 0 ? random.nextInt(taken) : taken - 1;
            assertThat(chain.isSettled(ordinal)).isEqualTo(settled.contains(ordinal));
            if (!settled.contains(ordinal)) {
                assertThat(chain.find(ordinal).ordinal).isEqualTo(ordinal);
                assertThat(row(chain.find(ordinal))).isEqualTo(model.get(ordinal));
            }
        }
    }

    private int oldestUnsettled() {
        int ordinal = 0;
        while (ordinal < taken - 1 && settled.contains(ordinal)) {
            ordinal++;
        }
        return ordinal;
    }

    @Property(tries = 60)
    void settlingByRangesOfSequencesSettlesExactlyThose(@ForAll long seed) {
        Random random = new Random(seed);
        model.clear();
        settled.clear();
        Chain chain = new Chain();
        long sequence = 0;
        for (int i = 0; i < 5_000; i++) {
            sequence = append(random, chain, sequence);
        }
        for (int i = 0; i < 300; i++) {
            int from = random.nextInt(model.size());
            int to = Math.min(model.size() - 1, from + random.nextInt(40));
            List<Integer> shown = new ArrayList<>();
            chain.settleRange(
                    model.get(from).sequence, model.get(to).sequence, entry -> shown.add((int) entry.ordinal));
            List<Integer> expected = new ArrayList<>();
            for (int ordinal = from; ordinal <= to; ordinal++) {
                if (settled.add(ordinal)) {
                    expected.add(ordinal);
                }
            }
            assertThat(shown).isEqualTo(expected);
        }
        assertThat(unsettled(chain)).isEqualTo(expectedUnsettled());
    }

    @Property(tries = 20)
    void aCheckpointKeepsWhatIsDurableAndNotSettled(@ForAll long seed) {
        Random random = new Random(seed);
        model.clear();
        settled.clear();
        taken = 0;
        Chain chain = new Chain();
        Cursor cursor = new Cursor(chain, _ -> {});
        long sequence = 0;
        for (int step = 0; step < 10_000; step++) {
            sequence = append(random, chain, sequence);
            if (random.nextInt(3) > 0) {
                take(cursor);
                settleOneTaken(random, chain);
            }
        }
        ByteBuf snapshot = Unpooled.buffer();
        chain.encode(snapshot);
        Chain restored = new Chain();
        List<Long> shown = new ArrayList<>();
        restored.decode(snapshot, entry -> shown.add(entry.sequence));
        List<Row> expected = expectedUnsettled().stream().filter(Row::durable).toList();
        assertThat(shown).isEqualTo(expected.stream().map(Row::sequence).toList());
        assertThat(unsettled(restored)).isEqualTo(expected);
        assertThat(drain(new Cursor(restored, _ -> {}))).isEqualTo(expected);
    }

    private static List<Row> drain(Cursor cursor) {
        List<Row> rows = new ArrayList<>();
        for (@Nullable Entry entry = cursor.peek(); entry != null; entry = cursor.peek()) {
            rows.add(row(entry));
            cursor.take();
        }
        return rows;
    }

    private static List<Row> unsettled(Chain chain) {
        List<Row> rows = new ArrayList<>();
        chain.forEachUnsettled(entry -> rows.add(row(entry)));
        return rows;
    }

    private List<Row> expectedUnsettled() {
        List<Row> rows = new ArrayList<>();
        for (int ordinal = 0; ordinal < model.size(); ordinal++) {
            if (!settled.contains(ordinal)) {
                rows.add(model.get(ordinal));
            }
        }
        return rows;
    }

    private static Row row(Entry entry) {
        return new Row(entry.sequence, entry.bodyBytes, entry.durable, entry.expiresAtMillis);
    }
}
