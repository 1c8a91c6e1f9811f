package io.ferrymq.broker.simulation;

import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.topology.Overflow;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.broker.topology.QueueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One queue as its clients know it: what they declared, published to it and did with what they got. */
final class ModelQueue {
    static final String GRAVEYARD = "graveyard";
    static final String DEAD_LETTERS = "dead-letters";

    final String name;
    final QueueSpec spec;
    final long ttlMillis;
    final long maxLength;
    final int maxPriority;
    final long deliveryLimit;
    final ModelRest rest;
    final @Nullable Client owner;
    final List<Copy> copies = new ArrayList<>();
    final List<Receiver> receivers = new ArrayList<>();
    final Map<Integer, Long> lastFirstDelivery = new HashMap<>();
    long arrivals;
    /** When everything was last still: whoever had rested until then was awake. */
    long stillAtMillis;
    /** The broker's time when it last ended; it may have to go on from before that. */
    long latestMillis;

    /** This moment of the broker's own time, or the latest that an earlier broker came to. */
    long latestMillis(long nowMillis) {
        return Math.max(nowMillis, latestMillis);
    }

    boolean declaredCertain;
    boolean deleted;
    boolean deletedCertain;
    boolean bound;
    boolean boundCertain;
    /** How often a client asked for its binding or for none; only the last answer makes certain. */
    int bindingChanges;

    ModelQueue(QueueSpec spec, @Nullable Client owner) {
        this.name = spec.name();
        this.spec = spec;
        this.owner = owner;
        QueueArguments arguments = spec.arguments();
        this.ttlMillis = arguments.messageTtlMillis().orElse(Publication.NEVER);
        this.maxLength = arguments.maxLength().orElse(Long.MAX_VALUE);
        this.maxPriority = countsFailures() ? 1 : arguments.maxPriority().orElse(0);
        this.rest = new ModelRest(arguments.values());
        this.deliveryLimit = arguments.deliveryLimit().orElse(Long.MAX_VALUE);
    }

    boolean durable() {
        return spec.durable();
    }

    /** Whether a message outlives the process here. */
    boolean keeps(Published message) {
        return durable() && (message.persistent || spec.type() == QueueType.QUORUM);
    }

    boolean bounded() {
        return maxLength != Long.MAX_VALUE;
    }

    boolean dropsHead() {
        return bounded() && spec.arguments().overflow() == Overflow.DROP_HEAD;
    }

    boolean refuses() {
        return bounded() && !dropsHead() && Math.max(0, count(Copy.State.READY) - credit()) >= maxLength;
    }

    /** How many messages its consumers are about to get, if there are so many. */
    private long credit() {
        return receivers.stream()
                .limit(singleActive() ? 1 : receivers.size())
                .mapToLong(Receiver::credit)
                .sum();
    }

    boolean refusesAtAll() {
        return bounded() && !dropsHead();
    }

    boolean buriesRefused() {
        return spec.arguments().overflow() == Overflow.REJECT_PUBLISH_DLX && buries();
    }

    /** Whether dead messages go to the graveyard. */
    boolean buries() {
        return spec.arguments().deadLetterExchange().isPresent();
    }

    boolean isGraveyard() {
        return name.equals(GRAVEYARD);
    }

    /** Whether messages of a lower priority get their turn, too. */
    boolean hasTwoClasses() {
        return spec.type() == QueueType.QUORUM;
    }

    boolean countsFailures() {
        return spec.type() == QueueType.QUORUM;
    }

    boolean singleActive() {
        return spec.arguments().singleActiveConsumer();
    }

    long count(Copy.State state) {
        return copies.stream().filter(copy -> copy.state == state).count();
    }

    @Override
    public String toString() {
        return name + " " + spec;
    }
}
