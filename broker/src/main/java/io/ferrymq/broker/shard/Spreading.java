package io.ferrymq.broker.shard;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.Deaths;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.routing.Exchange;
import io.ferrymq.broker.timer.Holder;
import io.ferrymq.broker.timer.Place;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.Topology;
import io.ferrymq.broker.topology.VirtualHost;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes one message for each of those that hold it for a time, or refused it and want it dead-lettered: each has a record of
 * its own. What is little is written at once. What is much is kept as one record with all these places ({@link
 * Delays#spread}), and written a part in each turn ({@link #send}), so that it never waits in memory; a confirm waits for that
 * one record. Lane only.
 */
final class Spreading {
    /** As many places at once, and as many bytes for all of them together. */
    private static final int PLACES_MAX = 64;

    private static final long BYTES_MAX = 256 << 10;

    private final Topology topology;
    private final Delays delays;
    private final Forwarding forwarding;
    private final DeadLetters.Unstored deadLetters;
    private final Turn turn;

    Spreading(Topology topology, Delays delays, Forwarding forwarding, DeadLetters.Unstored deadLetters, Turn turn) {
        this.topology = topology;
        this.delays = delays;
        this.forwarding = forwarding;
        this.deadLetters = deadLetters;
        this.turn = turn;
    }

    /** Keeps a message at exchanges until a time; returns the sequence that a confirm waits for, 0 for none. */
    long holdAt(
            VirtualHost vhost,
            List<Exchange> exchanges,
            Publication message,
            @Nullable History history,
            long dueMillis) {
        if (isMuch(exchanges.size(), message, history)) {
            List<Place.AtExchange> places = exchanges.stream()
                    .map(exchange -> new Place.AtExchange(exchange.name(), dueMillis))
                    .toList();
            return delays.spread(vhost.name(), places, message, history);
        }
        long heldAt = 0;
        for (Exchange exchange : exchanges) {
            heldAt = Math.max(heldAt, holdAt(vhost, exchange.name(), message, history, dueMillis));
        }
        return heldAt;
    }

    /** Keeps a message at an exchange. It outlives the process if both do. */
    long holdAt(VirtualHost vhost, String exchange, Publication message, @Nullable History history, long dueMillis) {
        boolean durable = message.persistent()
                && vhost.exchange(exchange).filter(ExchangeSpec::durable).isPresent();
        charge(message, history);
        return delays.hold(new Holder.AtExchange(vhost.name(), exchange), message, history, dueMillis, durable);
    }

    /** Keeps a message for queues; returns the sequence that a confirm waits for, 0 for none. */
    long holdAt(List<Publishing.Held> queues, Publication message, @Nullable History history) {
        if (isMuch(queues.size(), message, history)) {
            List<Place.AtQueue> places = queues.stream()
                    .map(held -> new Place.AtQueue(held.queue().number(), held.dueMillis()))
                    .toList();
            return delays.spread(queues.getFirst().queue().vhost(), places, message, history);
        }
        long heldAt = 0;
        for (Publishing.Held held : queues) {
            heldAt = Math.max(heldAt, holdAt(held.queue(), message, history, held.dueMillis()));
        }
        return heldAt;
    }

    /** Keeps a message for a queue. It outlives the process if it would in the queue. */
    private long holdAt(Queue queue, Publication message, @Nullable History history, long dueMillis) {
        charge(message, history);
        return delays.hold(
                new Holder.AtQueue(queue.vhost(), queue.number()),
                message,
                history,
                dueMillis,
                queue.keeps(message.persistent()));
    }

    /** Sends a message on for queues that refused it. */
    void deadLetter(List<Queue> refusing, Publication message, @Nullable History history) {
        if (refusing.isEmpty()) {
            return;
        }
        long bytes = bytes(message, history);
        if (forwarding.hasRoom(refusing.size(), bytes)) {
            for (Queue queue : refusing) {
                charge(message, history);
                forwarding.add(queue, message, history, bytes);
            }
            forwarding.run();
        } else {
            List<Place.Refused> places = refusing.stream()
                    .map(queue -> new Place.Refused(queue.number()))
                    .toList();
            delays.spread(refusing.getFirst().vhost(), places, message, history);
        }
    }

    /** Writes a message for the first places, as many as this turn has room for and one at least; returns how many. */
    int send(String vhostName, List<Place> places, Publication message, @Nullable History history) {
        Optional<VirtualHost> vhost = topology.vhost(vhostName);
        if (vhost.isEmpty()) {
            return places.size();
        }
        int sent = 0;
        while (sent == 0 || (sent < places.size() && !turn.budget().isSpent() && !turn.lags())) {
            send(vhost.get(), places.get(sent), message, history);
            sent++;
        }
        return sent;
    }

    /** What has gone meanwhile gets nothing. */
    private void send(VirtualHost vhost, Place place, Publication message, @Nullable History history) {
        turn.budget().spend(TurnBudget.GO);
        switch (place) {
            case Place.AtExchange at -> {
                if (vhost.exchange(at.exchange()).isPresent()) {
                    var _ = holdAt(vhost, at.exchange(), message, history, at.dueMillis());
                }
            }
            case Place.AtQueue at ->
                queue(at.queue()).ifPresent(queue -> {
                    var _ = holdAt(queue, message, history, at.dueMillis());
                });
            case Place.Refused by ->
                queue(by.queue()).ifPresent(queue -> {
                    charge(message, history);
                    deadLetters.send(queue, message, history);
                });
        }
    }

    private Optional<Queue> queue(long number) {
        return topology.queue(number).map(Queue.class::cast);
    }

    private static boolean isMuch(int places, Publication message, @Nullable History history) {
        return places > 1 && (places > PLACES_MAX || places * bytes(message, history) > BYTES_MAX);
    }

    private void charge(Publication message, @Nullable History history) {
        turn.budget()
                .spend(TurnBudget.PUBLISH
                        + TurnBudget.ofBytes(bytes(message, history))
                        + (history == null ? 0 : TurnBudget.ofHistory(Deaths.bytes(history))));
    }

    private static long bytes(Publication message, @Nullable History history) {
        return (long) message.header().readableBytes()
                + message.body().readableBytes()
                + (history == null ? 0 : Deaths.bytes(history));
    }
}
