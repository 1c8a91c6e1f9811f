package io.ferrymq.embedded;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.Subscription;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.message.MessageView;
import io.ferrymq.broker.message.Octets;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.GuardedListener;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.TransportException;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A consumer inside the application. Its state is the lane's; prefetch, cancel and settlements come from any thread. */
final class EmbeddedConsumption implements Consumption, DeliverySink {
    /** What a delivery takes on the heap beside its body, its names and its headers; an estimate. */
    private static final int DELIVERY_BYTES = 600;

    /** Headers as values take so many times the bytes that they are stored in, or less. */
    private static final int HEADER_GROWTH = 12;

    private final EmbeddedLane lane;
    private final Link link;
    private final ConsumeSpec spec;
    private final DeliveryListener listener;
    private final Consumer<EmbeddedConsumption> left;

    /** Delivered and not settled, oldest first. */
    private final Set<EmbeddedDelivery> unsettled = new LinkedHashSet<>();

    private record Waiting(EmbeddedDelivery delivery, Settlement settlement) {}

    /** Settlements that wait for the log. */
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(0);

    private @Nullable Subscription subscription;
    private @Nullable String replyAddress;
    private int prefetch;
    private boolean ended;
    private boolean closed;
    /** What is unsettled goes back, and nothing comes any more. */
    private boolean givesBack;

    /** @param left told when it has ended and nothing is unsettled any more */
    EmbeddedConsumption(
            EmbeddedLane lane,
            Link link,
            ConsumeSpec spec,
            DeliveryListener listener,
            Consumer<EmbeddedConsumption> left) {
        this.lane = lane;
        this.link = link;
        this.spec = spec;
        this.listener = new GuardedListener(listener);
        this.left = left;
        this.prefetch = spec.prefetch();
    }

    void subscribe() {
        subscription = link.subscribe(
                new SubscriptionRequest(
                        spec.queue(), "embedded", settling(), sharing(), Tables.nullable(spec.arguments())),
                this);
    }

    private SubscriptionRequest.Settling settling() {
        return switch (spec.settling()) {
            case BY_CONSUMER -> SubscriptionRequest.Settling.BY_CONSUMER;
            case ON_DELIVERY -> SubscriptionRequest.Settling.ON_DELIVERY;
        };
    }

    private SubscriptionRequest.Sharing sharing() {
        return switch (spec.sharing()) {
            case SHARED -> SubscriptionRequest.Sharing.SHARED;
            case EXCLUSIVE -> SubscriptionRequest.Sharing.EXCLUSIVE;
        };
    }

    /** Opens an address for replies instead, and returns it. */
    String listenForReplies() {
        String address = link.openReplyAddress(this);
        replyAddress = address;
        return address;
    }

    // ---- what the broker calls ----

    @Override
    public boolean hasCredit() {
        return !ended && !givesBack && (prefetch == 0 || unsettled.size() < prefetch);
    }

    @Override
    public void deliver(Delivery delivery) {
        EmbeddedDelivery made = new EmbeddedDelivery(delivery);
        if (delivery.unsettled() != null) {
            unsettled.add(made);
            link.holdUnsettled(made.memoryBytes);
        }
        listener.delivered(made);
    }

    @Override
    public void cancelled() {
        ended = true;
        listener.ended(new RequestException(
                RequestException.Reason.NOT_FOUND, "queue '" + spec.queue() + "' was deleted", null));
        leaveIfDone();
    }

    // ---- what the application calls ----

    @Override
    public void prefetch(int count) {
        lane.execute(() -> {
            prefetch = count;
            resume();
        });
    }

    private void resume() {
        if (subscription != null && !ended) {
            subscription.resume();
        }
    }

    @Override
    public CompletableFuture<Void> cancel() {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        lane.execute(() -> {
            stop();
            leaveIfDone();
            cancelled.complete(null);
        });
        return cancelled;
    }

    private void stop() {
        if (ended) {
            return;
        }
        ended = true;
        if (subscription != null) {
            subscription.cancel();
        }
        if (replyAddress != null) {
            link.closeReplyAddress(replyAddress);
        }
    }

    private void leaveIfDone() {
        if (ended && unsettled.isEmpty()) {
            left.accept(this);
        }
    }

    /** The transport ends. What is unsettled has to be given back then, if there is a broker to take it. */
    void end(TransportException reason) {
        closed = true;
        givesBack = true;
        boolean wasRunning = !ended;
        ended = true;
        if (wasRunning) {
            listener.ended(reason);
        }
    }

    /** Nothing more is delivered. */
    void pause() {
        givesBack = true;
    }

    /**
     * Gives back what is unsettled, oldest first, until the budget is spent; whether that is all. It may become dead letters.
     * The subscription ends after it, so that a next active consumer finds the messages in their old places.
     */
    boolean giveBack(TurnBudget budget) {
        while (!unsettled.isEmpty()) {
            if (budget.isSpent()) {
                return false;
            }
            Iterator<EmbeddedDelivery> first = unsettled.iterator();
            EmbeddedDelivery delivery = first.next();
            first.remove();
            delivery.settled.set(true);
            link.holdUnsettled(-delivery.memoryBytes);
            link.settle(Objects.requireNonNull(delivery.unsettled), io.ferrymq.broker.Settlement.REQUEUE);
            budget.spend(TurnBudget.SETTLEMENT);
        }
        return true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Throws unless it was delivered here and is not settled. Lane. */
    void require(io.ferrymq.client.transport.Delivery delivery) {
        if (!(delivery instanceof EmbeddedDelivery own) || !unsettled.contains(own)) {
            throw new IllegalArgumentException("a delivery of another consumer, or one that is settled already");
        }
    }

    /** Settles at once. Lane. */
    void settleNow(io.ferrymq.client.transport.Delivery delivery, Settlement settlement) {
        EmbeddedDelivery own = (EmbeddedDelivery) delivery;
        own.settled.set(true);
        settle(own, settlement);
    }

    /** Ends it and gives back what is unsettled, oldest first. */
    CompletableFuture<Void> cancelGivingBack() {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        lane.execute(() -> {
            if (closed) {
                cancelled.complete(null);
                return;
            }
            pause();
            link.work(this::giveBack, () -> {
                stop();
                leaveIfDone();
                cancelled.complete(null);
            });
        });
        return cancelled;
    }

    /** What may become a dead letter, which is written anew, waits while the log lags. */
    private void settleWhenWritten(EmbeddedDelivery delivery, Settlement settlement) {
        if (settlement != Settlement.ACCEPT && link.lagging()) {
            waiting.add(new Waiting(delivery, settlement));
        } else {
            settle(delivery, settlement);
        }
    }

    /** The log has caught up. */
    void relieved() {
        while (!waiting.isEmpty() && !link.lagging()) {
            Waiting next = waiting.remove();
            settle(next.delivery, next.settlement);
        }
    }

    private void settle(EmbeddedDelivery delivery, Settlement settlement) {
        if (closed || !unsettled.remove(delivery)) {
            return;
        }
        link.holdUnsettled(-delivery.memoryBytes);
        link.settle(Objects.requireNonNull(delivery.unsettled), toBroker(settlement));
        resume();
        leaveIfDone();
    }

    private static io.ferrymq.broker.Settlement toBroker(Settlement settlement) {
        return switch (settlement) {
            case ACCEPT -> io.ferrymq.broker.Settlement.ACCEPT;
            case REQUEUE -> io.ferrymq.broker.Settlement.REQUEUE;
            case REJECT -> io.ferrymq.broker.Settlement.REJECT;
        };
    }

    /** A copy of what the broker showed, since that is valid during the call only; read when somebody asks. */
    private final class EmbeddedDelivery implements io.ferrymq.client.transport.Delivery {
        private final byte[] address;
        private final int exchangeLength;
        private final byte[] body;
        private final boolean redelivered;
        private final @Nullable Unsettled unsettled;
        private final AtomicBoolean settled;
        private final MessageProperties properties;
        private final long memoryBytes;

        EmbeddedDelivery(Delivery delivery) {
            MessageView message = delivery.message();
            ByteBuf bytes = message.buffer();
            exchangeLength = message.exchangeLength();
            address = new byte[exchangeLength + message.routingKeyLength()];
            bytes.getBytes(message.exchangeOffset(), address, 0, exchangeLength);
            bytes.getBytes(message.routingKeyOffset(), address, exchangeLength, message.routingKeyLength());
            MessageProperties sent = EmbeddedFormat.decode(
                    bytes.slice(message.headerOffset(), message.headerLength()),
                    message.formatId(),
                    message.persistent());
            properties = BrokerHeaders.added(sent, delivery);
            body = new byte[message.bodyLength()];
            bytes.getBytes(message.bodyOffset(), body);
            redelivered = delivery.redelivered();
            unsettled = delivery.unsettled();
            settled = new AtomicBoolean(unsettled == null);
            memoryBytes = DELIVERY_BYTES + address.length + body.length + (long) HEADER_GROWTH * message.headerLength();
        }

        @Override
        public String exchange() {
            return Octets.decode(Arrays.copyOf(address, exchangeLength));
        }

        @Override
        public String routingKey() {
            return Octets.decode(Arrays.copyOfRange(address, exchangeLength, address.length));
        }

        @Override
        public MessageProperties properties() {
            return properties;
        }

        @Override
        public byte[] body() {
            return body;
        }

        @Override
        public boolean redelivered() {
            return redelivered;
        }

        @Override
        public void settle(Settlement settlement) {
            if (settled.compareAndSet(false, true)) {
                lane.execute(() -> settleWhenWritten(this, settlement));
            }
        }
    }
}
