package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The heaps of numbers against one of objects. */
class RestsProperties {
    private record Rest(long wakesAtMillis, long place) {}

    @Property(tries = 200)
    void whatWakesFirstComesFirst(@ForAll long seed) {
        Random random = new Random(seed);
        Rests rests = new Rests(_ -> {});
        PriorityQueue<Rest> model = new PriorityQueue<>(
                Comparator.comparingLong(Rest::wakesAtMillis).thenComparingLong(Rest::place));
        for (int step = 0; step < 1_000; step++) {
            if (random.nextInt(5) > 1) {
                Rest rest = new Rest(random.nextInt(50), step);
                rests.add(rest.wakesAtMillis(), rest.wakesAtMillis() + 1, rest.place());
                model.add(rest);
            } else if (random.nextInt(20) == 0) {
                long[] some = model.stream()
                        .mapToLong(Rest::place)
                        .filter(_ -> random.nextBoolean())
                        .sorted()
                        .toArray();
                rests.removeAll(some);
                model.removeIf(rest -> Arrays.binarySearch(some, rest.place()) >= 0);
                assertThat(rests.places())
                        .containsExactly(
                                model.stream().mapToLong(Rest::place).sorted().toArray());
            } else if (!model.isEmpty()) {
                assertThat(new Rest(rests.firstWakesAtMillis(), rests.firstPlace()))
                        .isEqualTo(model.poll());
                rests.removeFirst();
            }
            assertThat(rests.size()).isEqualTo(model.size());
        }
        rests.forEach((place, untilMillis) -> assertThat(model).contains(new Rest(untilMillis - 1, place)));
    }

    @Property(tries = 200)
    void whatCameBackIsShownInItsOldOrder(@ForAll long seed) {
        Random random = new Random(seed);
        Returned returned = new Returned(_ -> {});
        PriorityQueue<Long> model = new PriorityQueue<>();
        for (int step = 0; step < 1_000; step++) {
            if (random.nextInt(5) > 1) {
                long ordinal = random.nextInt(1_000_000);
                returned.add(ordinal);
                model.add(ordinal);
            } else if (!model.isEmpty()) {
                assertThat(returned.first()).isEqualTo(model.poll());
                returned.removeFirst();
            }
        }
        assertThat(returned.sorted())
                .containsExactly(model.stream().mapToLong(o -> o).sorted().toArray());
    }
}
