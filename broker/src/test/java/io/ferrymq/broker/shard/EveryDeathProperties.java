package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.PlainFormat;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * What was accepted once can be replayed, expired, dead-lettered, delivered, purged and deleted: messages and topologies
 * at the edges of every limit, each of which dies in every way, while power is lost again and again. Nothing is thrown.
 */
final class EveryDeathProperties {
    private static final int[] LENGTHS = {0, 1, 85, 86, 127, 128, 254, 255};
    private static final byte[] OCTETS = {'a', '.', '*', '#', 0, (byte) 0x80, (byte) 0xC3, (byte) 0xFF};
    private static final String[] OVERFLOWS = {"drop-head", "reject-publish", "reject-publish-dlx"};
    private static final int STEPS = 60;
    private static final int QUEUES = 6;

    private final List<String> queues = new ArrayList<>();
    private final List<Unsettled> held = new ArrayList<>();
    private Random random = new Random(0);
    private World world;
    private Guest guest;

    EveryDeathProperties() throws IOException {
        world = World.fresh();
        guest = new Guest(world);
    }

    @Property(tries = 50, shrinking = ShrinkingMode.OFF)
    void nothingThatWasAcceptedStopsTheBroker(@ForAll long seed) throws IOException {
        random = new Random(seed);
        world = World.fresh();
        guest = new Guest(world);
        queues.clear();
        held.clear();
        declareAll();
        for (int i = 0; i < STEPS; i++) {
            step();
            assertThat(world.lane.breaks).isEmpty();
            assertThat(world.failures).isEmpty();
        }
        world.pass(400_000);
        for (String queue : queues) {
            guest.link.deleteQueue(queue, Set.of());
        }
        world.quiet();
        restart();
        assertThat(world.lane.breaks).isEmpty();
    }

    // ---- topologies ----

    private void declareAll() {
        for (int i = 0; i < QUEUES; i++) {
            queues.add(i + "q".repeat(random.nextBoolean() ? 1 : 254));
        }
        for (ExchangeType type : List.of(ExchangeType.FANOUT, ExchangeType.TOPIC, ExchangeType.HEADERS)) {
            guest.link.declareExchange(
                    new ExchangeSpec(exchange(type), type, random.nextBoolean(), false, false, Map.of()));
        }
        for (String queue : queues) {
            guest.declare(queue, arguments());
            guest.link.bindQueue(queue, exchange(ExchangeType.FANOUT), "", Map.of());
            guest.link.bindQueue(queue, exchange(ExchangeType.TOPIC), random.nextBoolean() ? "#" : "*.a", Map.of());
            guest.link.bindQueue(queue, exchange(ExchangeType.HEADERS), "", nested(random.nextInt(3) * 21));
        }
    }

    private static String exchange(ExchangeType type) {
        return type == ExchangeType.TOPIC ? "t".repeat(255) : type.wireName() + "-x";
    }

    private static Map<String, Object> nested(int depth) {
        Map<String, Object> table = Map.of("x-match", "any", "k", "v");
        for (int i = 0; i < depth; i++) {
            table = Map.of("k", i % 2 == 0 ? table : List.of(table));
        }
        return table;
    }

    /** One of every limit, so that queues hand on to each other in chains and circles. */
    private Object[] arguments() {
        Map<String, Object> arguments = new HashMap<>();
        boolean quorum = random.nextInt(3) == 0;
        if (quorum) {
            arguments.put("x-queue-type", "quorum");
            arguments.put("x-delivery-limit", (long) random.nextInt(2));
        }
        if (random.nextBoolean()) {
            arguments.put("x-message-ttl", (long) random.nextInt(3) * 500);
        }
        if (random.nextBoolean()) {
            arguments.put("x-max-length", (long) random.nextInt(3));
            String overflow = OVERFLOWS[random.nextInt(quorum ? 2 : 3)];
            arguments.put("x-overflow", overflow);
        }
        if (random.nextInt(4) > 0) {
            arguments.put("x-dead-letter-exchange", deadLetterExchange());
            if (random.nextBoolean()) {
                arguments.put("x-dead-letter-routing-key", queues.get(random.nextInt(queues.size())));
            }
        }
        if (random.nextInt(6) == 0) {
            arguments.put("x-ferry-celery", true);
        }
        return arguments.entrySet().stream()
                .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                .toArray();
    }

    private String deadLetterExchange() {
        return switch (random.nextInt(5)) {
            case 0 -> exchange(ExchangeType.FANOUT);
            case 1 -> exchange(ExchangeType.TOPIC);
            case 2 -> "d".repeat(255);
            default -> "";
        };
    }

    // ---- lives and deaths ----

    private void step() throws IOException {
        String queue = queues.get(random.nextInt(queues.size()));
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> publish(queue);
            case 4 -> world.settle();
            case 5 -> world.pass(random.nextInt(3) * 700L);
            case 6 -> take(queue);
            case 7, 8 -> settleOne();
            case 9 -> guest.link.purgeQueue(queue);
            case 10 -> restart();
            default -> declareAgain(queue);
        }
    }

    private void publish(String queue) {
        Publication message = new Publication(PlainFormat.INSTANCE);
        ByteBuf header = Unpooled.copiedBuffer("message_id=m", StandardCharsets.UTF_8);
        message.content(header, Unpooled.buffer().writeZero(random.nextInt(3) * random.nextInt(4_000)));
        List<String> copies = random.nextInt(4) == 0 ? List.of(key().text(), "x".repeat(3_000)) : List.of();
        List<String> secret = random.nextBoolean() ? copies : List.of();
        ShortText[] exchanges = {
            ShortText.EMPTY, ShortText.of(exchange(ExchangeType.FANOUT)), ShortText.of(exchange(ExchangeType.TOPIC))
        };
        int to = random.nextInt(exchanges.length);
        message.address(exchanges[to], to == 0 ? ShortText.of(queue) : key(), copies, secret);
        message.terms(
                random.nextInt(4) > 0, random.nextInt(2) * 255, random.nextInt(3) > 0 ? -1 : random.nextInt(2) * 900L);
        if (random.nextInt(4) == 0) {
            message.delays(random.nextBoolean() ? 1 : 1_500, 0);
        }
        guest.link.publish(message);
    }

    private ShortText key() {
        byte[] octets = new byte[LENGTHS[random.nextInt(LENGTHS.length)]];
        boolean same = random.nextBoolean();
        Arrays.fill(octets, OCTETS[random.nextInt(OCTETS.length)]);
        for (int i = 0; i < octets.length && !same; i++) {
            octets[i] = OCTETS[random.nextInt(OCTETS.length)];
        }
        return ShortText.of(Unpooled.wrappedBuffer(octets), 0, octets.length);
    }

    private void take(String queue) {
        Inbox inbox = guest.fetch(queue);
        if (!inbox.received.isEmpty()) {
            held.add(inbox.held(0));
        }
    }

    private void settleOne() {
        if (!held.isEmpty()) {
            Settlement[] all = Settlement.values();
            guest.link.settle(held.remove(random.nextInt(held.size())), all[random.nextInt(all.length)]);
        }
    }

    private void declareAgain(String queue) {
        guest.link.deleteQueue(queue, Set.of());
        guest.declare(queue, arguments());
        guest.link.bindQueue(queue, exchange(ExchangeType.FANOUT), "", Map.of());
    }

    /** Power is lost; what ended with the process is declared anew. */
    private void restart() throws IOException {
        world = World.open(world.disk.afterPowerLoss(random), world.lane.nowMillis());
        guest = new Guest(world);
        held.clear();
        world.settle();
        for (ExchangeType type : List.of(ExchangeType.FANOUT, ExchangeType.TOPIC, ExchangeType.HEADERS)) {
            if (!exists(type)) {
                guest.link.declareExchange(new ExchangeSpec(exchange(type), type, true, false, false, Map.of()));
            }
        }
        for (String queue : queues) {
            if (!exists(queue)) {
                guest.declare(queue, arguments());
            }
        }
    }

    private boolean exists(ExchangeType type) {
        try {
            guest.link.checkExchange(exchange(type));
            return true;
        } catch (RefusedException _) {
            return false;
        }
    }

    private boolean exists(String queue) {
        try {
            guest.link.checkQueue(queue);
            return true;
        } catch (RefusedException _) {
            return false;
        }
    }
}
