package io.ferrymq.broker;

/**
 * One message that waits for its time.
 *
 * @param id names it among all that wait; another one after {@link DelayedMessages#postpone}
 * @param dueMillis when it will be routed, milliseconds since 1970
 * @param heldBy the exchange that holds it and will route it, or the queue that holds it and will have it then
 * @param exchange the exchange that it was published to; mostly the same
 * @param routingKey the key that it was published with; with the default exchange the name of its queue
 * @param persistent whether it outlives a restart
 * @param bodyBytes the length of its body
 */
public record DelayedMessage(
        long id,
        long dueMillis,
        Resource heldBy,
        String exchange,
        String routingKey,
        boolean persistent,
        int bodyBytes) {}
