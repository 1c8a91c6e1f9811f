package io.ferrymq.broker.delivery;

import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Subscription;
import io.ferrymq.broker.SubscriptionRequest;

/** One subscription on one queue. Lane only. */
public final class Consumer implements Subscription {
    /** The queue's side of a subscription. */
    public interface Source {
        /** The consumer can take messages again. */
        void resumed(Consumer consumer);

        /** The consumer ends. */
        void cancelled(Consumer consumer);
    }

    private final SubscriptionRequest request;
    private final DeliverySink sink;
    private final Source source;
    private final int priority;
    private boolean parked;
    private boolean ended;

    public Consumer(SubscriptionRequest request, DeliverySink sink, Source source) {
        this.request = request;
        this.sink = sink;
        this.source = source;
        this.priority = request.arguments().get("x-priority") instanceof Number number ? number.intValue() : 0;
    }

    public SubscriptionRequest request() {
        return request;
    }

    public DeliverySink sink() {
        return sink;
    }

    public boolean settlesOnDelivery() {
        return request.settling() == SubscriptionRequest.Settling.ON_DELIVERY;
    }

    public boolean isExclusive() {
        return request.sharing() == SubscriptionRequest.Sharing.EXCLUSIVE;
    }

    int priority() {
        return priority;
    }

    boolean isParked() {
        return parked;
    }

    void park() {
        parked = true;
    }

    void unpark() {
        parked = false;
    }

    @Override
    public void resume() {
        if (parked && !ended) {
            source.resumed(this);
        }
    }

    @Override
    public void cancel() {
        if (!ended) {
            ended = true;
            source.cancelled(this);
        }
    }

    /** Ends it because its queue is gone, and says so to the session. */
    public void queueGone() {
        if (!ended) {
            ended = true;
            sink.cancelled();
        }
    }
}
