package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.topology.ExchangeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What several clients do to a broker, and when its threads and its clock move on, as one seed decides. */
final class Workload {
    static final String TO_ALL = "all";
    private static final int QUEUES_MAX = 7;
    private static final int CLIENTS = 3;
    private static final int KINDS = 67;
    private static final int CRANKS_FROM = 50;

    private final World world;
    private final Promise promise;
    private final Random random;
    private final Client[] clients = new Client[CLIENTS];
    private final Planner planner;
    private final Dispatcher dispatcher;
    /** Whether the broker has begun to refuse everything, because its disk failed. */
    private boolean refused;

    Workload(World world, Promise promise, Random random) {
        this.world = world;
        this.promise = promise;
        this.random = random;
        promise.begins(world::hasFailed);
        promise.errands.clockMoved();
        assertThat(world.log.durableSequence())
                .as("what is durable only grows, over restarts too")
                .isGreaterThanOrEqualTo(promise.durableSequence);
        for (int i = 0; i < CLIENTS; i++) {
            clients[i] = new Client(world, promise);
        }
        planner = new Planner(world, promise.appointments);
        dispatcher = new Dispatcher(world, promise.errands);
    }

    /** Makes the exchanges and the graveyard, and the bindings as they were last asked for. */
    void setUp() {
        var operator = world.broker.administration().operatorLink("/");
        operator.declareExchange(ExchangeSpec.durable(TO_ALL, ExchangeType.FANOUT));
        operator.declareExchange(ExchangeSpec.durable(ModelQueue.DEAD_LETTERS, ExchangeType.FANOUT));
        planner.setUp();
        dispatcher.setUp();
        if (!promise.queues.containsKey(ModelQueue.GRAVEYARD)) {
            clients[0].declare(Terms.durable(ModelQueue.GRAVEYARD));
            operator.bindQueue(ModelQueue.GRAVEYARD, ModelQueue.DEAD_LETTERS, "", Map.of());
            quiet();
        }
        for (ModelQueue queue : promise.queues.values()) {
            if (!queue.isGraveyard()) {
                clients[0].bind(queue, queue.bound);
            }
        }
    }

    /** Takes so many steps, or fewer if the broker dies. */
    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            try {
                step(refused ? CRANKS_FROM + random.nextInt(KINDS - CRANKS_FROM) : random.nextInt(KINDS));
            } catch (RuntimeException e) {
                if (!world.hasFailed() && !world.disk.faults().powerIsLost()) {
                    throw e;
                }
                refused = true;
            }
        }
    }

    private void step(int kind) {
        world.chance = random.nextInt(10) / 10.0;
        switch (kind) {
            case 0, 1 -> declare();
            case 2 ->
                oneOf(
                        queues(queue -> !queue.isGraveyard() && random.nextInt(3) == 0),
                        queue -> user(queue).delete(queue));
            case 3 ->
                oneOf(
                        queues(queue -> !queue.isGraveyard() && random.nextInt(4) == 0),
                        queue -> user(queue).purge(queue));
            case 4, 5 ->
                oneOf(
                        queues(queue -> !queue.isGraveyard()),
                        queue -> user(queue).bind(queue, random.nextInt(3) > 0));
            case 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 -> publishToOne();
            case 18, 19, 20, 21 -> publishToAll();
            case 22, 23 -> planner.publish(random);
            case 24 -> publishToNobody();
            case 25, 26, 27 -> oneOf(queues(queue -> true), this::subscribe);
            case 28 ->
                oneOf(
                        receivers(receiver -> receiver.subscription != null),
                        receiver -> receiver.client().cancel(receiver));
            case 29, 30, 31, 32, 33, 34, 35, 36 -> oneOf(receivers(Receiver::holdsAny), this::settle);
            case 37, 38 -> oneOf(queues(queue -> !(queue.singleActive() && queue.countsFailures())), this::fetch);
            case 39 -> reconnect();
            case 40, 41 -> world.lane.pass(random.nextInt(60));
            case 42 -> quiet();
            case 43, 44, 45, 46, 47, 48 -> dispatcher.step(random);
            case 49 -> setClock();
            case 50, 51, 52, 53, 54, 55, 56 -> world.lane.turn();
            case 57, 58, 59, 60, 61, 62 -> world.journal.turn();
            case 63, 64 -> world.background.turn();
            default -> world.settle();
        }
    }

    private void setClock() {
        long byMillis = promise.clock.jumpMillis(random);
        promise.errands.timeIs(world.lane.nowMillis());
        world.clockSetByMillis += byMillis;
        promise.clock.jumped(byMillis);
        promise.errands.clockMoved();
    }

    /** So much time has passed that the broker has looked at the clock. */
    private void clockSeen() {
        promise.errands.timeIs(world.lane.nowMillis());
        promise.clock.seen();
        promise.clock.kept();
    }

    private Client anyClient() {
        return clients[random.nextInt(CLIENTS)];
    }

    private Client user(ModelQueue queue) {
        return queue.owner == null ? anyClient() : queue.owner;
    }

    private <T> void oneOf(List<T> all, Consumer<T> action) {
        if (!all.isEmpty()) {
            action.accept(all.get(random.nextInt(all.size())));
        }
    }

    private List<ModelQueue> queues(Predicate<ModelQueue> wanted) {
        return promise.queues.values().stream().filter(wanted).toList();
    }

    private List<Receiver> receivers(Predicate<Receiver> wanted) {
        List<Receiver> all = new ArrayList<>();
        for (Client client : clients) {
            client.receivers.stream().filter(wanted).forEach(all::add);
        }
        return all;
    }

    private void declare() {
        if (promise.queues.size() < QUEUES_MAX) {
            anyClient().declare(Terms.spec(random, "q" + promise.queuesEver++));
        }
    }

    private Published message(long expirationMillis) {
        return new Published(
                promise.published.size(),
                random.nextInt(10) > 2,
                random.nextInt(10),
                expirationMillis,
                world.lane.nowMillis());
    }

    private void publishToOne() {
        oneOf(queues(queue -> !queue.isGraveyard()), queue -> {
            boolean expires = !queue.refusesAtAll() && random.nextInt(8) == 0;
            long expirationMillis = expires ? List.of(0L, 15L, 400L).get(random.nextInt(3)) : Publication.NEVER;
            anyClient().publish("", queue.name, message(expirationMillis), List.of(queue));
        });
    }

    private void publishToAll() {
        anyClient().publish(TO_ALL, "", message(Publication.NEVER), queues(queue -> queue.bound));
    }

    private void publishToNobody() {
        anyClient().publish("", "nobody", message(Publication.NEVER), List.of());
    }

    private Settling settling() {
        return random.nextInt(3) == 0 ? Settling.ON_DELIVERY : Settling.BY_CONSUMER;
    }

    private void subscribe(ModelQueue queue) {
        if (queue.receivers.size() < 3) {
            user(queue)
                    .subscribe(queue, settling(), random.nextInt(4) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(4));
        }
    }

    private void fetch(ModelQueue queue) {
        user(queue).fetch(queue, settling());
    }

    private void settle(Receiver receiver) {
        int which = random.nextBoolean() ? 0 : random.nextInt(receiver.holds());
        boolean mayReject = !receiver.queue.isGraveyard();
        Settlement settlement = switch (random.nextInt(6)) {
            case 0 -> mayReject ? Settlement.REJECT : Settlement.ACCEPT;
            case 1 -> Settlement.REQUEUE;
            case 2 -> Settlement.RELEASE;
            default -> Settlement.ACCEPT;
        };
        receiver.settle(which, settlement);
    }

    private void reconnect() {
        int which = random.nextInt(CLIENTS);
        clients[which].close();
        clients[which] = new Client(world, promise);
    }

    /** Lets everything come to rest; then what queues say must be what clients know. */
    void quiet() {
        wakeAll();
        promise.appointments.goToRest();
        promise.errands.goToRest();
        world.quiet();
        if (world.hasFailed()) {
            return;
        }
        promise.everythingIsDurable();
        clockSeen();
        promise.appointments.restedAt(world.lane.nowMillis());
        promise.errands.restedAt(world.lane.nowMillis());
        for (ModelQueue queue : promise.queues.values()) {
            queue.stillAtMillis = world.lane.nowMillis();
            Stillness.require(queue, user(queue).ready(queue), world.lane.nowMillis());
        }
    }

    /** Whoever gets what rests now gets it before everything comes to rest, so that the answers are on disk then. */
    private void wakeAll() {
        if (promise.queues.values().stream().anyMatch(queue -> queue.rest.isPossible())) {
            world.quiet();
        }
    }

    /** All clients go, and everything comes to rest. */
    void leave() {
        for (Client client : clients) {
            client.close();
        }
        world.quiet();
        clockSeen();
        planner.leave();
        dispatcher.leave();
        world.quiet();
        promise.everythingIsDurable();
    }
}
