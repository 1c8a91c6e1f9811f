package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The client that publishes delayed messages and gets them when they are due. */
final class Planner implements LinkListener, DeliverySink {
    private static final long[] DELAYS_MILLIS = {1, 20, 60, 300, 2_500, Appointments.DELAY_MILLIS_MAX};

    private final World world;
    private final Appointments appointments;
    private final Link link;
    private final Deque<Appointment> unconfirmed = new ArrayDeque<>();

    Planner(World world, Appointments appointments) {
        this.world = world;
        this.appointments = appointments;
        this.link = world.link(this);
        appointments.begins();
    }

    void setUp() {
        link.declareExchange(new ExchangeSpec(
                Appointments.EXCHANGE, ExchangeType.DELAYED, true, false, false, Map.of("x-delayed-type", "fanout")));
        link.declareQueue(Terms.durable(Appointments.QUEUE));
        link.bindQueue(Appointments.QUEUE, Appointments.EXCHANGE, "", Map.of());
        link.subscribe(
                new SubscriptionRequest(Appointments.QUEUE, "tag", Settling.ON_DELIVERY, Sharing.SHARED, Map.of()),
                this);
    }

    /** By the exchange that delays, or by a header that any exchange respects. */
    void publish(Random random) {
        long delayMillis = DELAYS_MILLIS[random.nextInt(DELAYS_MILLIS.length)];
        boolean persistent = random.nextInt(5) > 0;
        boolean byHeader = random.nextInt(3) == 0;
        Appointment appointment = appointments.published(world.lane.nowMillis() + delayMillis, persistent);
        Publication publication = new Publication(PlainFormat.INSTANCE);
        publication.address(
                ShortText.of(byHeader ? "" : Appointments.EXCHANGE), ShortText.of(Appointments.QUEUE), List.of());
        publication.content(
                Unpooled.copiedBuffer(Seen.header(appointment.id), StandardCharsets.UTF_8), Seen.body(appointment.id));
        publication.terms(persistent, 0, Publication.NEVER);
        publication.delays(byHeader ? delayMillis : 0, byHeader ? 0 : delayMillis);
        link.publish(publication);
        appointment.durableAt = publication.durableAt();
        assertThat(publication.outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(appointment.durableAt > 0).isEqualTo(persistent);
        if (persistent) {
            unconfirmed.add(appointment);
            link.awaitDurable(appointment.durableAt);
        }
    }

    /** Lets so much time pass that nothing waits any more, and goes. */
    void leave() {
        world.pass(appointments.waitMillis(world.lane.nowMillis()));
        appointments.goToRest();
        world.quiet();
        appointments.restedAt(world.lane.nowMillis());
        appointments.requireNoneLeft();
        link.close();
    }

    @Override
    public void durable(long sequence) {
        while (!unconfirmed.isEmpty() && unconfirmed.peek().durableAt <= sequence) {
            unconfirmed.remove().certain = true;
        }
    }

    @Override
    public boolean hasCredit() {
        return true;
    }

    @Override
    public void deliver(Delivery delivery) {
        appointments.delivered(Seen.of(delivery), world.lane.nowMillis());
    }

    @Override
    public void cancelled() {
        throw new AssertionError("nobody deletes the queue of what is due");
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
