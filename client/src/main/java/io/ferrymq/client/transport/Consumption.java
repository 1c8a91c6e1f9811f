package io.ferrymq.client.transport;

import java.util.concurrent.CompletableFuture;

/** A consumer at work. Any thread. */
public interface Consumption {
    /**
     * Changes how many deliveries may be unsettled at a time. For a while there may be as many more as were unsettled at
     * the moment of the change.
     */
    void prefetch(int count);

    /** Ends it. What was delivered can still be settled. Completes when nothing more will be delivered. */
    CompletableFuture<Void> cancel();
}
