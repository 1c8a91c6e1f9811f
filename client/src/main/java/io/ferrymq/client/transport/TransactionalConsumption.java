package io.ferrymq.client.transport;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A consumer at work whose settlements are carried out together with messages to be published. Any thread.
 *
 * <p>{@link Delivery#settle} of what it delivers is a transaction of its own.
 */
public interface TransactionalConsumption {
    /**
     * Publishes and settles, all of it or nothing if this side or the connection dies meanwhile. If the broker does,
     * FerryMQ keeps that as long as the transaction has less than 1 MiB, no body of 32 KiB or more, and makes no more than
     * some ten thousand copies in queues; RabbitMQ does not promise it. Completes when that is durable. Transactions are
     * carried out in the order of the calls.
     *
     * <p>Fails with a {@link DisconnectedException} if the broker is lost, or was lost since one of the deliveries: what
     * was delivered then comes again, unless the transaction was carried out and only the answer was lost. A message that
     * no queue takes is dropped. If a queue refuses one because it is full, the transaction fails and the others may
     * stand.
     *
     * @param messages published in this order
     * @param settlements of deliveries of this consumer, none of them settled before
     */
    CompletableFuture<Void> commit(List<OutgoingMessage> messages, Map<Delivery, Settlement> settlements);

    /** Ends it. What was delivered and not settled is given back. Completes when nothing more will be delivered. */
    CompletableFuture<Void> cancel();
}
