package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.log.FakeDisk;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Clients use a broker, its disk forgets or fails, and what is found then is held against what the clients were told;
 * several times over on the same disk. The invariants have their names where they are asserted: {@link Promise}, {@link
 * Delivered}, {@link Stillness}, {@link Aftermath}, {@link QueueCensus}, {@link GraveCensus}.
 *
 * <p>Run one seed again with {@code -Dferrymq.simulation.seed=4711}, more of them with {@code
 * -Dferrymq.simulation.seeds=10000}.
 */
final class BrokerSimulation {
    private static final int SEEDS = Integer.getInteger("ferrymq.simulation.seeds", 150);
    private static final long SEED = Long.getLong("ferrymq.simulation.seed", 0);
    private static final long BEGIN_MILLIS = 1_700_000_000_000L;

    @Test
    void keepsItsPromisesWhateverTheDiskForgets() throws IOException {
        for (long seed = SEED == 0 ? 1 : SEED; seed <= (SEED == 0 ? SEEDS : SEED); seed++) {
            try {
                new Life(seed).live();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dferrymq.simulation.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
    }

    /** All that happens on one disk. */
    private static final class Life {
        private static final int STEPS_MAX = 400;
        private static final int RUNS_MAX = 5;

        private final Random random;
        private final Promise promise = new Promise();
        private FakeDisk disk = new FakeDisk();
        private long nowMillis = BEGIN_MILLIS;

        Life(long seed) {
            random = new Random(seed);
        }

        void live() throws IOException {
            int runs = 1 + random.nextInt(RUNS_MAX);
            for (int run = 0; run < runs; run++) {
                runUntilPowerIsLost();
            }
            runToRest();
        }

        private Workload begin(World world) {
            Workload workload = new Workload(world, promise, random);
            workload.setUp();
            return workload;
        }

        private void runUntilPowerIsLost() throws IOException {
            World world = World.open(disk, nowMillis);
            Workload workload = begin(world);
            plan(world);
            workload.run(random.nextInt(STEPS_MAX));
            nowMillis = world.lane.nowMillis() + random.nextInt(50);
            disk = disk.afterPowerLoss(random);
            world.abandon();
            Census census = census(disk.copy());
            assertThat(census(recoveredOnceMore()))
                    .as("recovering twice is recovering once")
                    .isEqualTo(census);
            Aftermath.ofPowerLoss(promise, census, nowMillis);
        }

        /** How this run ends: by itself, with the power, or with an error of the disk. */
        private void plan(World world) {
            switch (random.nextInt(6)) {
                case 0 -> world.disk.faults().failForce(1 + random.nextInt(40));
                case 1 -> world.disk.faults().failWrite(1 + random.nextInt(40));
                case 2, 3 -> world.disk.faults().losePowerAt(1 + random.nextInt(80));
                default -> {}
            }
        }

        private FakeDisk recoveredOnceMore() throws IOException {
            FakeDisk once = disk.copy();
            World world = World.open(once, nowMillis);
            FakeDisk twice = once.afterPowerLoss(random);
            world.abandon();
            return twice;
        }

        private Census census(FakeDisk found) throws IOException {
            Set<String> names = new LinkedHashSet<>(promise.queues.keySet());
            names.addAll(promise.gone.keySet());
            return Census.ofDisk(found, nowMillis, names);
        }

        private void runToRest() throws IOException {
            World world = World.open(disk, nowMillis);
            Workload workload = begin(world);
            workload.run(random.nextInt(STEPS_MAX));
            workload.leave();
            Aftermath.ofRest(promise, Census.of(world, promise.queues.keySet()), world.lane.nowMillis());
            requireSpaceBack(world);
            world.stop();
        }

        /** Two checkpoints after everything was taken, the log has nothing to keep. */
        private static void requireSpaceBack(World world) {
            for (int i = 0; i < 4; i++) {
                world.pass(World.SMALL_LOG.checkpointMillis());
                world.broker.administration().operatorLink("/").declareQueue(Terms.durable("space" + i));
                world.quiet();
            }
            assertThat(world.log.statistics().segments())
                    .as("no record stays live when all queues are empty")
                    .isLessThanOrEqualTo(2);
        }
    }
}
