package io.ferrymq.embedded;

import io.ferrymq.client.Ferry;
import io.ferrymq.client.SubscriptionContract;

/** Handlers on the heap of this process. */
class MemorySubscriptionTest extends SubscriptionContract {
    @Override
    protected Ferry open() {
        return Ferry.open("memory:subscriptions");
    }
}
