package io.ferrymq.tasks.testkit;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.GuardedListener;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.RequestException.Reason;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.TransportException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A consumer of a queue. Called by any thread; works on the lane. */
final class LocalConsumer implements Consumption {
    private final LocalBroker broker;
    private final LocalTransport transport;
    private final LocalQueue queue;
    private final ConsumeSpec spec;
    private final DeliveryListener listener;
    private final Set<LocalQueue.Entry> held = new LinkedHashSet<>();
    private int prefetch;

    LocalConsumer(
            LocalBroker broker,
            LocalTransport transport,
            LocalQueue queue,
            ConsumeSpec spec,
            DeliveryListener listener) {
        this.broker = broker;
        this.transport = transport;
        this.queue = queue;
        this.spec = spec;
        this.prefetch = spec.prefetch();
        this.listener = new GuardedListener(listener);
    }

    LocalTransport transport() {
        return transport;
    }

    boolean isExclusive() {
        return spec.sharing() == ConsumeSpec.Sharing.EXCLUSIVE;
    }

    private boolean settlesOnDelivery() {
        return spec.settling() == ConsumeSpec.Settling.ON_DELIVERY;
    }

    boolean hasRoom() {
        return settlesOnDelivery() || prefetch == 0 || held.size() < prefetch;
    }

    void deliver(LocalQueue.Entry entry) {
        if (settlesOnDelivery()) {
            queue.settle(entry, Settlement.ACCEPT);
        } else {
            held.add(entry);
        }
        listener.delivered(new Delivered(entry, entry.redelivered));
    }

    private void settle(LocalQueue.Entry entry, Settlement settlement) {
        broker.execute(() -> {
            settleNow(entry, settlement);
            queue.pump();
        });
    }

    @Override
    public void prefetch(int count) {
        broker.execute(() -> {
            prefetch = count;
            queue.pump();
        });
    }

    @Override
    public CompletableFuture<Void> cancel() {
        return broker.ask(() -> {
            broker.remove(queue, this);
            return null;
        });
    }

    /** As of a transactional consumer: what it holds goes back. */
    CompletableFuture<Void> cancelGivingBack() {
        return broker.ask(() -> {
            giveBack();
            broker.remove(queue, this);
            return null;
        });
    }

    /** Publishes and settles in one piece of work. */
    CompletableFuture<Void> commit(List<OutgoingMessage> messages, Map<Delivery, Settlement> settlements) {
        List<OutgoingMessage> copies = List.copyOf(messages);
        Map<Delivery, Settlement> answers = Map.copyOf(settlements);
        return broker.ask(() -> {
            for (Delivery delivery : answers.keySet()) {
                if (!(delivery instanceof Delivered own) || !held.contains(own.entry)) {
                    throw new RequestException(
                            Reason.INVALID, "a delivery that is not of this consumer, or is settled", null);
                }
            }
            copies.forEach(message -> broker.requireExchange(message.exchange()));
            copies.forEach(broker::publish);
            answers.forEach((delivery, settlement) -> settleNow(((Delivered) delivery).entry, settlement));
            queue.pump();
            return null;
        });
    }

    private void settleNow(LocalQueue.Entry entry, Settlement settlement) {
        held.remove(entry);
        queue.settle(entry, settlement);
    }

    /** It ended without being asked to. */
    void end(TransportException cause) {
        listener.ended(cause);
    }

    /** Gives back what it holds. */
    void giveBack() {
        List.copyOf(held).forEach(entry -> queue.settle(entry, Settlement.REQUEUE));
        held.clear();
    }

    private final class Delivered implements Delivery {
        private final LocalQueue.Entry entry;
        private final boolean redelivered;

        Delivered(LocalQueue.Entry entry, boolean redelivered) {
            this.entry = entry;
            this.redelivered = redelivered;
        }

        @Override
        public String exchange() {
            return entry.exchange;
        }

        @Override
        public String routingKey() {
            return entry.routingKey;
        }

        @Override
        public MessageProperties properties() {
            return entry.properties;
        }

        @Override
        public byte[] body() {
            return entry.body.clone();
        }

        @Override
        public boolean redelivered() {
            return redelivered;
        }

        @Override
        public void settle(Settlement settlement) {
            LocalConsumer.this.settle(entry, settlement);
        }
    }
}
