package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.topology.QueueSpec;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One client: what it asks of its link, it tells the promise. */
final class Client implements LinkListener {
    private final World world;
    private final Promise promise;
    private final Link link;
    private final Deque<Published> unconfirmed = new ArrayDeque<>();
    final List<Receiver> receivers = new ArrayList<>();
    boolean open = true;

    Client(World world, Promise promise) {
        this.world = world;
        this.promise = promise;
        this.link = world.link(this);
    }

    private long now() {
        return world.lane.nowMillis();
    }

    // ---- what exists ----

    ModelQueue declare(QueueSpec spec) {
        ModelQueue queue = new ModelQueue(spec, spec.exclusive() ? this : null);
        link.declareQueue(spec);
        promise.declared(queue);
        link.afterDurable(() -> queue.declaredCertain = true);
        return queue;
    }

    void delete(ModelQueue queue) {
        link.deleteQueue(queue.name, Set.of());
        promise.deleted(queue);
        link.afterDurable(() -> queue.deletedCertain = true);
    }

    void bind(ModelQueue queue, boolean bound) {
        if (bound) {
            link.bindQueue(queue.name, Workload.TO_ALL, "", Map.of());
        } else {
            link.unbindQueue(queue.name, Workload.TO_ALL, "", Map.of());
        }
        queue.bound = bound;
        queue.boundCertain = false;
        int change = ++queue.bindingChanges;
        link.afterDurable(() -> queue.boundCertain |= queue.bindingChanges == change);
    }

    long ready(ModelQueue queue) {
        var status = link.checkQueue(queue.name);
        assertThat(status.consumers()).as("consumers of %s", queue).isEqualTo(queue.receivers.size());
        return status.messagesReady();
    }

    void purge(ModelQueue queue) {
        List<Copy> ready = queue.copies.stream()
                .filter(copy -> copy.state == Copy.State.READY)
                .toList();
        promise.purged(queue, link.purgeQueue(queue.name), now());
        link.afterDurable(() -> ready.forEach(copy -> copy.stateCertain = true));
    }

    // ---- messages ----

    /** Sends a message to {@code targets}, which are what the exchange and key lead to. */
    void publish(String exchange, String key, Published message, List<ModelQueue> targets) {
        Publication publication = new Publication(PlainFormat.INSTANCE);
        publication.address(ShortText.of(exchange), ShortText.of(key), List.of());
        publication.content(
                Unpooled.copiedBuffer(Seen.header(message.id), StandardCharsets.UTF_8), Seen.body(message.id));
        publication.terms(message.persistent, message.priority, message.expirationMillis);
        promise.published.add(message);
        link.publish(publication);
        message.durableAt = publication.durableAt();
        promise.published(message, targets, publication.outcome());
        if (publication.durableAt() > 0 && publication.outcome() == Publication.Outcome.ACCEPTED) {
            unconfirmed.add(message);
            link.awaitDurable(publication.durableAt());
        }
    }

    @Override
    public void durable(long sequence) {
        promise.durable(sequence);
        assertThat(sequence).isEqualTo(link.durableSequence());
        while (!unconfirmed.isEmpty() && unconfirmed.peek().durableAt <= sequence) {
            promise.confirmed(unconfirmed.remove());
        }
    }

    void subscribe(ModelQueue queue, Settling settling, int window) {
        Receiver receiver = new Receiver(this, queue, settling, window);
        receiver.subscription = link.subscribe(
                new SubscriptionRequest(queue.name, "tag", settling, Sharing.SHARED, Map.of()), receiver);
        receivers.add(receiver);
        queue.receivers.add(receiver);
    }

    void cancel(Receiver receiver) {
        if (receiver.subscription != null) {
            receiver.subscription.cancel();
            receiver.subscription = null;
            left(receiver);
        }
    }

    private void left(Receiver receiver) {
        ModelQueue queue = receiver.queue;
        if (queue.receivers.remove(receiver) && queue.receivers.isEmpty() && queue.spec.autoDelete()) {
            promise.deleted(queue);
        }
    }

    void fetch(ModelQueue queue, Settling settling) {
        Receiver receiver = new Receiver(this, queue, settling, 1);
        if (link.fetch(queue.name, settling, receiver) && settling == Settling.BY_CONSUMER) {
            receivers.add(receiver);
        }
    }

    Copy delivered(ModelQueue queue, Seen seen) {
        return promise.delivered(queue, seen, now(), link.durableSequence());
    }

    void settle(Copy copy, Unsettled unsettled, Settlement settlement) {
        link.settle(unsettled, settlement);
        if (!copy.queue.deleted) {
            promise.settled(copy, settlement, now(), world.chance);
        }
    }

    /** Ends as a session does: gives back what it holds, then closes its link. */
    void close() {
        receivers.forEach(Receiver::giveAllBack);
        open = false;
        link.close();
        receivers.stream().filter(receiver -> receiver.subscription != null).forEach(this::left);
        for (ModelQueue queue : List.copyOf(promise.queues.values())) {
            if (queue.owner == this) {
                promise.deleted(queue);
            }
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
