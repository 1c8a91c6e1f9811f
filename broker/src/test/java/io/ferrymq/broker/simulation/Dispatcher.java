package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.message.MessageView;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** The client that calls and revokes tasks, the worker that gets them, and the caller that hears of the others. */
final class Dispatcher implements LinkListener {
    private static final String CONTROL = "celery.pidbox";
    private static final long[] WAITS_MILLIS = {0, 20, 300, 2_500, Errands.WAIT_MILLIS_MAX};

    /** What is done when everything up to a sequence is durable. */
    private record Gate(long sequence, Runnable action) {}

    private final World world;
    private final Errands errands;
    private final Link link;
    private final Deque<Gate> gates = new ArrayDeque<>();

    Dispatcher(World world, Errands errands) {
        this.world = world;
        this.errands = errands;
        this.link = world.link(this);
    }

    void setUp() {
        link.declareExchange(ExchangeSpec.durable(CONTROL, ExchangeType.FANOUT));
        link.declareQueue(Terms.durable(Errands.RESULTS));
        link.declareQueue(
                new QueueSpec(Errands.QUEUE, true, false, false, QueueArguments.of(Map.of("x-ferry-celery", true))));
        consume(Errands.QUEUE, this::ran);
        consume(Errands.RESULTS, this::told);
    }

    private void consume(String queue, Consumer<Delivery> action) {
        link.subscribe(
                new SubscriptionRequest(queue, "tag", Settling.ON_DELIVERY, Sharing.SHARED, Map.of()),
                new DeliverySink() {
                    @Override
                    public boolean hasCredit() {
                        return true;
                    }

                    @Override
                    public void deliver(Delivery delivery) {
                        action.accept(delivery);
                    }

                    @Override
                    public void cancelled() {
                        throw new AssertionError("nobody deletes this queue");
                    }
                });
    }

    void step(Random random) {
        switch (errands.isEmpty() ? 0 : random.nextInt(12)) {
            case 0, 1, 2, 3, 4, 5, 6 -> call(random);
            case 7, 8, 9 -> revoke(errands.any(random));
            case 10 -> delete(errands.any(random));
            default -> errands.purged(link.purgeQueue(Errands.QUEUE), world.lane.nowMillis());
        }
    }

    private void call(Random random) {
        long now = world.wallMillis();
        long eta = now + WAITS_MILLIS[random.nextInt(WAITS_MILLIS.length)];
        long expires = random.nextInt(3) > 0 ? Errand.NEVER : now + WAITS_MILLIS[random.nextInt(WAITS_MILLIS.length)];
        Errand errand = errands.published(eta, expires, random.nextInt(5) > 0);
        String header = "task=t\nid=" + errand.id + "\nreply_to=" + Errands.RESULTS + "\neta=" + time(eta)
                + (expires == Errand.NEVER ? "" : "\nexpires=" + time(expires));
        Publication message = publish("", Errands.QUEUE, header, Integer.toString(errand.id), errand.persistent);
        errand.durableAt = message.durableAt();
        errand.certain = !errand.persistent;
        assertThat(message.outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(errand.durableAt > 0).isEqualTo(errand.persistent);
        afterDurable(errand.durableAt, () -> errand.certain |= !errand.old);
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private Publication publish(String exchange, String key, String header, String body, boolean persistent) {
        Publication message = new Publication(PlainFormat.INSTANCE);
        message.address(ShortText.of(exchange), ShortText.of(key), List.of());
        message.content(
                Unpooled.copiedBuffer(header, StandardCharsets.UTF_8),
                Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        message.terms(persistent, 0, Publication.NEVER);
        link.publish(message);
        return message;
    }

    private void afterDurable(long sequence, Runnable action) {
        if (sequence > 0) {
            gates.add(new Gate(sequence, action));
            link.awaitDurable(sequence);
        }
    }

    private void revoke(Errand errand) {
        String command = "{\"method\":\"revoke\",\"arguments\":{\"task_id\":\"" + errand.id + "\"}}";
        Publication message = publish(CONTROL, "", "", command, false);
        errands.revoked(errand);
        assertThat(message.durableAt()).as("a revocation is written").isPositive();
        afterDurable(message.durableAt(), () -> errand.revokedCertain = true);
    }

    private void delete(Errand errand) {
        int count = world.broker.administration().deleteTask("/", Errands.QUEUE, Integer.toString(errand.id));
        errands.deleted(errand, count, world.lane.nowMillis());
    }

    private void ran(Delivery delivery) {
        errands.delivered(Integer.parseInt(body(delivery)), delivery.redelivered(), world.lane.nowMillis());
    }

    private void told(Delivery delivery) {
        String body = body(delivery);
        int from = body.indexOf(":\"") + 2;
        errands.told(
                Integer.parseInt(body.substring(from, body.indexOf('"', from))),
                body.contains("[\"revoked\"]"),
                world.lane.nowMillis());
    }

    private static String body(Delivery delivery) {
        MessageView view = delivery.message();
        return view.buffer().toString(view.bodyOffset(), view.bodyLength(), StandardCharsets.UTF_8);
    }

    /** Lets so much time pass that nothing waits any more, and goes. */
    void leave() {
        world.pass(errands.waitMillis(world.lane.nowMillis()));
        errands.goToRest();
        world.quiet();
        errands.restedAt(world.lane.nowMillis());
        errands.requireNoneLeft();
        link.close();
    }

    @Override
    public void durable(long sequence) {
        while (!gates.isEmpty() && gates.peek().sequence <= sequence) {
            gates.remove().action.run();
        }
    }

    @Override
    public void blocked(String reason) {
        throw new AssertionError("nothing runs low here: " + reason);
    }

    @Override
    public void unblocked() {
        throw new AssertionError("nothing ran low here");
    }

    @Override
    public void relieved() {
        throw new AssertionError("nobody was congested here");
    }

    @Override
    public void closing(String reason) {
        throw new AssertionError("nobody closes links here: " + reason);
    }
}
