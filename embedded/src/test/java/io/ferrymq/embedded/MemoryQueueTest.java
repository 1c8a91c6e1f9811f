package io.ferrymq.embedded;

import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueueContract;

/** Queues on the heap of this process. */
class MemoryQueueTest extends MessageQueueContract {
    @Override
    protected Ferry open() {
        return Ferry.open("memory:queues");
    }
}
