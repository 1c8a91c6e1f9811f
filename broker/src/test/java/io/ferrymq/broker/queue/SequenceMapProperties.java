package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The map against one of objects. */
class SequenceMapProperties {
    private long held;

    @Property(tries = 300)
    void behavesLikeAMap(@ForAll long seed) {
        Random random = new Random(seed);
        held = 0;
        SequenceMap map = new SequenceMap(bytes -> held += bytes);
        Map<Long, Long> model = new HashMap<>();
        int keys = 1 + random.nextInt(200);
        for (int step = 0; step < 500; step++) {
            long sequence = 2 + 2L * random.nextInt(keys);
            if (random.nextInt(3) > 0) {
                map.put(sequence, step);
                model.put(sequence, (long) step);
            } else {
                map.remove(sequence);
                model.remove(sequence);
            }
            assertThat(map.size()).isEqualTo(model.size());
            assertThat(map.get(sequence, -1)).isEqualTo(model.getOrDefault(sequence, -1L));
        }
        Map<Long, Long> all = new HashMap<>();
        map.forEach(all::put);
        assertThat(all).isEqualTo(model);
        model.keySet().forEach(map::remove);
        assertThat(map.isEmpty()).isTrue();
        assertThat(map.memoryBytes()).isLessThan(200).isEqualTo(held);
    }
}
