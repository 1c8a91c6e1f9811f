package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is done once in a round, and what a failure in the middle of one leaves behind. */
final class RoundTest {
    private final Round<String> round = new Round<>();
    private final List<String> done = new ArrayList<>();

    @Test
    void whatAsksDuringARoundIsForTheNext() {
        round.add("a");
        round.run(one -> {
            done.add(one);
            round.add("b");
        });
        assertThat(done).containsExactly("a");
        assertThat(round.isEmpty()).isFalse();
        round.run(done::add);
        assertThat(done).containsExactly("a", "b");
        assertThat(round.isEmpty()).isTrue();
    }

    @Test
    void aFailureOfOneLeavesTheOthersAskedForAndInOrder() {
        List.of("a", "bad", "c", "d").forEach(round::add);
        assertThatThrownBy(() -> round.run(this::failOnBad)).hasMessage("bad");
        round.add("e");
        assertThat(done).containsExactly("a");
        round.run(this::failOnBad);
        assertThat(done).containsExactly("a", "c", "d", "e");
        for (int i = 0; i < 3; i++) {
            round.add("again");
            round.run(done::add);
        }
        assertThat(done).hasSize(7);
    }

    private void failOnBad(String one) {
        if (one.equals("bad")) {
            throw new IllegalStateException(one);
        }
        done.add(one);
    }

    @Test
    void refusesARoundWithinARound() {
        round.add("a");
        assertThatThrownBy(() -> round.run(one -> round.run(done::add))).isInstanceOf(IllegalStateException.class);
    }
}
