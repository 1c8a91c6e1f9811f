package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RestingProperties {
    @Property(tries = 150)
    void whatRestsIsBackInItsPlaceWhenItsTimeHasComeAndNotBefore(@ForAll long seed) throws IOException {
        Run run = new Run(seed);
        for (int step = 0; step < 120; step++) {
            run.step();
        }
    }

    /** A queue whose messages rest, beside a sorted map of what is in it and until when each message rests. */
    private static final class Run {
        private record Held(int number, Unsettled unsettled) {}

        private static final long MIN_MILLIS = 40;
        private static final long MAX_MILLIS = 100;

        private final Random random;
        private final TreeMap<Integer, Long> inside = new TreeMap<>();
        private final Map<Integer, Integer> returns = new HashMap<>();
        private final List<Held> held = new ArrayList<>();
        private World world = World.fresh();
        private Guest guest = new Guest(world);
        private int published;

        Run(long seed) throws IOException {
            random = new Random(seed);
            guest.declare(
                    "q",
                    "x-queue-type",
                    "quorum",
                    "x-delivery-limit",
                    -1,
                    "x-delayed-retry-type",
                    "failed",
                    "x-delayed-retry-min",
                    MIN_MILLIS,
                    "x-delayed-retry-max",
                    MAX_MILLIS,
                    "x-ferry-retry-jitter",
                    50);
        }

        private List<Integer> ready() {
            long nowMillis = world.lane.nowMillis();
            return inside.entrySet().stream()
                    .filter(message -> message.getValue() <= nowMillis)
                    .map(Map.Entry::getKey)
                    .toList();
        }

        void step() throws IOException {
            act();
            assertThat(guest.ready("q")).isEqualTo(ready().size());
        }

        private void act() throws IOException {
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3 -> publish();
                case 4, 5, 6, 7 -> fetch();
                case 8, 9, 10, 11, 12 -> settle();
                case 13, 14 -> world.pass(random.nextInt(60));
                default -> {
                    switch (random.nextInt(6)) {
                        case 0 -> purge();
                        case 1, 2 -> restart();
                        default -> losePower();
                    }
                }
            }
        }

        private void publish() {
            inside.put(published, 0L);
            guest.publish("q", Integer.toString(published++));
            world.settle();
        }

        private void fetch() {
            Inbox inbox = guest.fetch("q");
            List<Integer> ready = ready();
            assertThat(inbox.texts())
                    .isEqualTo(ready.stream().limit(1).map(String::valueOf).toList());
            if (!ready.isEmpty()) {
                int number = ready.getFirst();
                inside.remove(number);
                held.add(new Held(number, inbox.held(0)));
                assertThat(inbox.last().failedDeliveries()).isEqualTo(returns.getOrDefault(number, 0));
            }
        }

        private void settle() {
            if (held.isEmpty()) {
                return;
            }
            Held one = held.remove(random.nextInt(held.size()));
            Settlement settlement = List.of(
                            Settlement.ACCEPT, Settlement.REQUEUE, Settlement.REQUEUE, Settlement.RELEASE)
                    .get(random.nextInt(4));
            world.chance = random.nextDouble();
            guest.link.settle(one.unsettled, settlement);
            if (settlement == Settlement.ACCEPT) {
                return;
            }
            int times = returns.merge(one.number, 1, Integer::sum);
            long wholeMillis = Math.min(MAX_MILLIS, MIN_MILLIS * times);
            long delayMillis = wholeMillis - (long) (wholeMillis * (0.5 * world.chance));
            inside.put(one.number, settlement == Settlement.REQUEUE ? world.lane.nowMillis() + delayMillis : 0L);
        }

        private void purge() {
            assertThat(guest.link.purgeQueue("q")).isEqualTo(inside.size());
            inside.clear();
        }

        /** Stops and starts the broker. Whoever held something has given it back by going. */
        private void restart() throws IOException {
            while (!held.isEmpty()) {
                settle();
            }
            guest.link.close();
            begin(world.restart());
        }

        /** After enough time that everything is written. What was at consumers is ready again, and did not fail. */
        private void losePower() throws IOException {
            world.pass(25);
            world.settle();
            for (Held lost : held) {
                inside.put(lost.number, 0L);
            }
            held.clear();
            begin(World.open(world.disk.afterPowerLoss(random), world.lane.nowMillis() + random.nextInt(60)));
        }

        private void begin(World next) {
            world = next;
            world.settle();
            guest = new Guest(world);
        }
    }
}
