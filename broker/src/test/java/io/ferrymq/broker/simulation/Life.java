package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.log.FakeDisk;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** All that happens on one disk: several runs of a broker that end badly, and one that ends well. */
final class Life {
    private static final int STEPS_MAX = 400;
    private static final int STEPS_FEW = 250;
    private static final int RUNS_MAX = 5;
    private static final long BEGIN_MILLIS = 1_700_000_000_000L;

    private final Random random;
    private final WallClock clock;
    private final Promise promise;
    private FakeDisk disk = new FakeDisk();
    private Moment now = new Moment(BEGIN_MILLIS, 0);

    /** Every other clock is set now and then. */
    Life(long seed) {
        random = new Random(seed);
        clock = new WallClock(seed % 2 == 0);
        promise = new Promise(clock);
    }

    void live() throws IOException {
        int runs = 1 + random.nextInt(RUNS_MAX);
        for (int run = 0; run < runs; run++) {
            runAndLosePower(this::plan, random.nextInt(STEPS_MAX));
        }
        runToRest();
    }

    /** Loses power in that operation of the disk, counted from when the clients begin; returns how many there were. */
    int liveUntil(int operation) throws IOException {
        int operations = runAndLosePower(
                world -> world.disk.faults().losePowerAt(Math.min(operation, Integer.MAX_VALUE / 2)), STEPS_FEW);
        runToRest();
        return operations;
    }

    private int runAndLosePower(Consumer<World> plan, int steps) throws IOException {
        World world = now.open(disk);
        Workload workload = new Workload(world, promise, random);
        workload.setUp();
        int before = disk.faults().operations();
        plan.accept(world);
        workload.run(steps);
        int operations = disk.faults().operations() - before;
        disk = disk.afterPowerLoss(random);
        world.abandon();
        now = nextStart(world);
        Census census = census(disk.copy());
        assertThat(census(recoveredOnceMore()))
                .as("recovering twice is recovering once")
                .isEqualTo(census);
        Aftermath.ofPowerLoss(promise, census, now.ownMillis());
        promise.errands.powerLost();
        promise.appointments.powerLost(recoveredOnceMore(), now);
        return operations;
    }

    /** Some time passes without a broker, and the clock may be set meanwhile. */
    private Moment nextStart(World ended) throws IOException {
        long offMillis = random.nextInt(50);
        long jumpMillis = clock.jumpMillis(random);
        clock.jumped(jumpMillis);
        promise.endedAt(ended.lane.nowMillis());
        Moment next = Moment.of(disk, ended.wallMillis() + offMillis + jumpMillis);
        long expectedMillis = ended.lane.nowMillis() + offMillis;
        assertThat(next.ownMillis())
                .as("time goes on over a restart, as far as the clock tells")
                .isBetween(expectedMillis - clock.backMillis(), expectedMillis + clock.forwardMillis());
        clock.startedAt(next);
        return next;
    }

    /** How a run ends: by itself, with the power, or with an error of the disk. */
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
        World world = now.open(once);
        FakeDisk twice = once.afterPowerLoss(random);
        world.abandon();
        return twice;
    }

    private Census census(FakeDisk found) throws IOException {
        Set<String> names = new LinkedHashSet<>(promise.queues.keySet());
        names.addAll(promise.gone.keySet());
        boolean rests = names.stream()
                .map(promise::queueEver)
                .anyMatch(queue -> Objects.requireNonNull(queue).rest.isPossible());
        long restMillis = Terms.REST_MILLIS_MAX + clock.behindMillis(now.ownMillis());
        return Census.ofDisk(found, now, names, rests ? restMillis : 0);
    }

    private void runToRest() throws IOException {
        World world = now.open(disk);
        Workload workload = new Workload(world, promise, random);
        workload.setUp();
        workload.run(random.nextInt(STEPS_MAX));
        workload.leave();
        Aftermath.ofRest(promise, Census.of(world, promise.queues.keySet()), world.lane.nowMillis());
        requireSpaceBack(world);
        world.stop();
    }

    /** A few checkpoints after everything was taken, the log has nothing to keep. */
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
