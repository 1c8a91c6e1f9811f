package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BindingTest {
    private static final int MANY = 8_000;

    @Test
    void bindingsThatDifferInOneValueHashApart() {
        Set<Integer> hashes = new HashSet<>();
        for (int i = 0; i < MANY; i++) {
            hashes.add(Binding.toQueue("x", "q", "", Map.of("h", i)).hashCode());
            hashes.add(Binding.toQueue("x", "q", "", Map.of("h", "text " + i)).hashCode());
        }

        assertThat(hashes).hasSizeGreaterThan(2 * MANY - 10);
    }

    @Test
    void bindingsMadeToCollideAreOrdered() {
        Binding one = Binding.toQueue("x", "q", "AaAaBB", Map.of());
        Binding other = Binding.toQueue("x", "q", "BBAaAa", Map.of());

        assertThat(one).hasSameHashCodeAs(other).isNotEqualTo(other);
        assertThat(one.compareTo(other)).isNotZero().isEqualTo(-other.compareTo(one));
    }

    @Test
    void theWidthOfNumbersDoesNotCount() {
        Binding one = Binding.toQueue("x", "q", "", Map.of("h", 1, "i", "t"));
        Binding other = Binding.toQueue("x", "q", "", Map.of("i", "t", "h", 1L));

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).isEqualByComparingTo(other);
    }

    @Test
    void aNumberIsNoTextAndNoTime() {
        Binding number = Binding.toQueue("x", "q", "", Map.of("h", 1));

        assertThat(number).isNotEqualTo(Binding.toQueue("x", "q", "", Map.of("h", "1")));
        assertThat(number).isNotEqualTo(Binding.toQueue("x", "q", "", Map.of("h", 1.0)));
    }
}
