package io.ferrymq.tasks.testkit;

import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A queue: what waits, in order, and who consumes it. It knows the bound, the overflow, the time to live, priorities, a
 * single active consumer and dead letters; other arguments it takes and forgets. On the lane.
 */
final class LocalQueue {
    /** A message in this queue. */
    static final class Entry {
        final long number;
        final String exchange;
        final String routingKey;
        final MessageProperties properties;
        final byte[] body;
        private final @Nullable Instant expires;
        boolean redelivered;

        Entry(
                long number,
                String exchange,
                String routingKey,
                MessageProperties properties,
                byte[] body,
                @Nullable Instant expires) {
            this.number = number;
            this.exchange = exchange;
            this.routingKey = routingKey;
            this.properties = properties;
            this.body = body;
            this.expires = expires;
        }

        private int priority() {
            Integer priority = properties.priority();
            return priority == null ? 0 : priority;
        }
    }

    private final LocalBroker broker;
    private final String name;
    private final QueueDeclaration declaration;
    private final @Nullable LocalTransport owner;
    private final TreeSet<Entry> ready;
    private final List<Entry> unsettled = new ArrayList<>();
    private final List<LocalConsumer> consumers = new ArrayList<>();
    private long lastNumber;
    private int turn;

    LocalQueue(LocalBroker broker, String name, QueueDeclaration declaration, LocalTransport by) {
        this.broker = broker;
        this.name = name;
        this.declaration = declaration;
        this.owner = declaration.exclusive() ? by : null;
        boolean prioritized = declaration.arguments().containsKey("x-max-priority");
        Comparator<Entry> order = Comparator.comparingLong(entry -> entry.number);
        this.ready = new TreeSet<>(
                prioritized
                        ? Comparator.comparingInt(Entry::priority).reversed().thenComparing(order)
                        : order);
    }

    String name() {
        return name;
    }

    QueueDeclaration declaration() {
        return declaration;
    }

    boolean isOwnedBy(LocalTransport transport) {
        return owner == transport;
    }

    // ---- in ----

    /** Whether it refuses a message now. */
    boolean isFull() {
        dropExpired();
        return "reject-publish".equals(declaration.arguments().get("x-overflow"))
                && ready.size() >= number("x-max-length", Integer.MAX_VALUE);
    }

    void add(String exchange, String routingKey, MessageProperties properties, byte[] body) {
        ready.add(new Entry(++lastNumber, exchange, routingKey, properties, body, expires(properties)));
        pump();
        while (ready.size() > number("x-max-length", Integer.MAX_VALUE)) {
            bury(ready.pollFirst());
        }
    }

    private long number(String argument, long otherwise) {
        return declaration.arguments().get(argument) instanceof Number number ? number.longValue() : otherwise;
    }

    private @Nullable Instant expires(MessageProperties properties) {
        long millis = number("x-message-ttl", Long.MAX_VALUE);
        Duration own = properties.expiration();
        if (own != null) {
            millis = Math.min(millis, own.toMillis());
        }
        return millis == Long.MAX_VALUE ? null : broker.now().plusMillis(millis);
    }

    private void dropExpired() {
        Instant now = broker.now();
        List<Entry> over = ready.stream()
                .filter(entry -> entry.expires != null && !entry.expires.isAfter(now))
                .toList();
        ready.removeAll(over);
        over.forEach(this::bury);
    }

    private void bury(@Nullable Entry entry) {
        if (entry != null && declaration.arguments().get("x-dead-letter-exchange") instanceof String exchange) {
            Object key = declaration.arguments().get("x-dead-letter-routing-key");
            broker.deadLetter(exchange, key instanceof String given ? given : entry.routingKey, entry);
        }
    }

    // ---- out ----

    /** Delivers what waits while a consumer has room. */
    void pump() {
        dropExpired();
        LocalConsumer consumer = nextConsumer();
        while (consumer != null && !ready.isEmpty()) {
            Entry entry = ready.pollFirst();
            if (entry != null) {
                unsettled.add(entry);
                consumer.deliver(entry);
            }
            consumer = nextConsumer();
        }
    }

    private @Nullable LocalConsumer nextConsumer() {
        boolean single = Boolean.TRUE.equals(declaration.arguments().get("x-single-active-consumer"));
        int candidates = single ? Math.min(1, consumers.size()) : consumers.size();
        for (int i = 0; i < candidates; i++) {
            LocalConsumer consumer = consumers.get((turn + i) % candidates);
            if (consumer.hasRoom()) {
                turn = (turn + i + 1) % candidates;
                return consumer;
            }
        }
        return null;
    }

    /** What becomes of a message that was delivered; nothing if that is known already. */
    void settle(Entry entry, Settlement settlement) {
        if (!unsettled.remove(entry)) {
            return;
        }
        switch (settlement) {
            case ACCEPT -> {}
            case REQUEUE -> {
                entry.redelivered = true;
                ready.add(entry);
            }
            case REJECT -> bury(entry);
        }
    }

    // ---- consumers ----

    boolean isExclusive() {
        return consumers.stream().anyMatch(LocalConsumer::isExclusive);
    }

    void add(LocalConsumer consumer) {
        consumers.add(consumer);
    }

    /** Without one consumer; true if the queue goes with it. */
    boolean remove(LocalConsumer consumer) {
        return consumers.remove(consumer) && consumers.isEmpty() && declaration.autoDelete();
    }

    List<LocalConsumer> consumers() {
        return List.copyOf(consumers);
    }

    // ---- what there is ----

    int readyCount() {
        dropExpired();
        return ready.size();
    }

    int purge() {
        int count = readyCount();
        ready.clear();
        return count;
    }

    /** Everything that waits or was delivered and not settled, the oldest first. */
    List<Entry> entries() {
        dropExpired();
        List<Entry> all = new ArrayList<>(unsettled);
        all.addAll(ready);
        all.sort(Comparator.comparingLong(entry -> entry.number));
        return all;
    }
}
