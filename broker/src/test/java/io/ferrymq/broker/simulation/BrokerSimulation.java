package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Clients use a broker, its disk forgets or fails, and what is found then is held against what the clients were told;
 * several times over on the same disk. The invariants have their names where they are asserted: {@link Promise}, {@link
 * Delivered}, {@link Stillness}, {@link Aftermath}, {@link QueueCensus}, {@link GraveCensus}, {@link
 * Appointments}, {@link Errands}.
 *
 * <p>A failure names its seed. Run that one again with {@code -Dferrymq.simulation.seed=4711}, or more of them with
 * {@code -Dferrymq.simulation.seeds=10000}.
 */
final class BrokerSimulation {
    private static final int SEEDS = Integer.getInteger("ferrymq.simulation.seeds", 150);
    private static final long SEED = Long.getLong("ferrymq.simulation.seed", 0);
    private static final int SEEDS_FOR_EVERY_OPERATION = 5;

    /** One life of a broker and its disk. */
    @FunctionalInterface
    private interface Story {
        void tell(long seed) throws IOException;
    }

    private static void forSeeds(int seeds, Story story) throws IOException {
        long first = SEED == 0 ? 1 : SEED;
        long last = SEED == 0 ? seeds : SEED;
        for (long seed = first; seed <= last; seed++) {
            try {
                story.tell(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dferrymq.simulation.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void keepsItsPromisesWhateverTheDiskForgets() throws IOException {
        forSeeds(SEEDS, seed -> new Life(seed).live());
    }

    @Test
    void keepsItsPromisesWhereverThePowerIsLost() throws IOException {
        forSeeds(SEEDS_FOR_EVERY_OPERATION, seed -> {
            int operations = new Life(seed).liveUntil(Integer.MAX_VALUE);
            assertThat(operations).isGreaterThan(20);
            for (int operation = 1; operation <= operations; operation++) {
                new Life(seed).liveUntil(operation);
            }
        });
    }
}
