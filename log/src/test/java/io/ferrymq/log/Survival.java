package io.ferrymq.log;

import java.util.random.RandomGenerator;

/** Chance, when power is lost, for what was not forced. */
final class Survival {
    private Survival() {}

    /** All, nothing and half are the interesting cases; the rest is there for what nobody has thought of. */
    static int percent(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 100;
            case 2 -> 50;
            default -> random.nextInt(101);
        };
    }

    static boolean survives(int percent, RandomGenerator random) {
        return random.nextInt(100) < percent;
    }
}
