package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.TurnBudget;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The window against a sorted map that does the same slowly. */
class UnsettledWindowProperties {
    private record Open(long number) implements DeliverySource, Holder {
        @Override
        public long timeoutMillis() {
            return NO_TIMEOUT;
        }

        @Override
        public DeliverySource source() {
            return this;
        }
    }

    private final UnsettledWindow window = new UnsettledWindow();
    private final TreeMap<Long, Open> model = new TreeMap<>();
    private final List<Open> taken = new ArrayList<>();
    private final UnsettledWindow.Taker taker = (tag, place, mark, holder, settlement) -> {
        assertThat(List.of(place, mark)).containsExactly(2 * tag, 3 * tag);
        taken.add((Open) holder);
    };

    @Example
    void givesMemoryBackAsItEmpties() {
        int deliveries = 20_000;
        for (long tag = 1; tag <= deliveries; tag++) {
            add(tag);
        }
        long fullBytes = window.memoryBytes();
        TurnBudget budget = new TurnBudget((long) TurnBudget.SETTLEMENT * deliveries * 9 / 10);
        assertThat(window.takeSome(Long.MAX_VALUE, Settlement.REQUEUE, taker, budget))
                .isFalse();
        assertThat(window.memoryBytes()).isLessThan(fullBytes / 2);
        assertThat(window.count()).isEqualTo(deliveries / 10);
        model.headMap(window.oldestTag()).clear();
        taken.clear();
        takeAll();
    }

    @Property(tries = 300)
    void settlesAsASortedMapWould(@ForAll long seed) {
        Random random = new Random(seed);
        int bias = random.nextInt(3);
        long tag = 0;
        for (int step = 0; step < 400; step++) {
            int choice = random.nextInt(10);
            if (choice < 4 + bias) {
                tag += random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1;
                add(tag);
            } else if (choice < 8) {
                takeOne(1 + random.nextLong(tag + 2));
            } else if (choice == 8) {
                takeUpTo(1 + random.nextLong(tag + 2));
            } else if (random.nextInt(20) == 0) {
                takeAll();
            } else {
                putBackSome(random);
            }
            assertThat(window.count()).isEqualTo(model.size());
        }
        takeAll();
    }

    private void add(long tag) {
        Open delivery = new Open(tag);
        model.put(tag, delivery);
        window.add(tag, 2 * tag, 3 * tag, delivery);
    }

    private void takeOne(long tag) {
        Open expected = model.remove(tag);
        taken.clear();
        assertThat(window.takeOne(tag, Settlement.ACCEPT, taker)).isEqualTo(expected != null);
        assertThat(taken).isEqualTo(expected == null ? List.of() : List.of(expected));
    }

    private void takeUpTo(long tag) {
        boolean known = model.containsKey(tag);
        List<Open> expected = known ? List.copyOf(model.headMap(tag, true).values()) : List.of();
        taken.clear();
        assertThat(window.takeUpTo(tag, Settlement.ACCEPT, taker)).isEqualTo(known);
        assertThat(taken).isEqualTo(expected);
        if (known) {
            model.headMap(tag, true).clear();
        }
    }

    private void takeAll() {
        taken.clear();
        window.takeAll(Settlement.REQUEUE, taker);
        assertThat(taken).isEqualTo(List.copyOf(model.values()));
        model.clear();
    }

    private void putBackSome(Random random) {
        HeldSettlements held = new HeldSettlements();
        List<Long> tags = new ArrayList<>();
        for (Long tag : List.copyOf(model.keySet())) {
            if (random.nextBoolean()) {
                tags.add(tag);
            }
        }
        Collections.shuffle(tags, random);
        for (Long tag : tags) {
            window.takeOne(tag, Settlement.ACCEPT, held::add);
        }
        window.putBack(held.asUnsettled());
    }
}
