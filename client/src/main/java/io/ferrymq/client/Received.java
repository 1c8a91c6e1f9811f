package io.ferrymq.client;

import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.Settlement;
import java.time.Duration;

/**
 * A message that was taken from a queue. It stays the queue's until it is answered: with {@link #done}, {@link #requeue},
 * {@link #retryAfter} or {@link #reject}; the first answer counts. If this process ends before, or the connection does,
 * the message comes again, marked as redelivered.
 *
 * <p>Thread contract: any thread. Answers do not block.
 */
public final class Received<T> {
    private final Incoming message;
    private final Codec<T> codec;

    Received(Incoming message, Codec<T> codec) {
        this.message = message;
        this.codec = codec;
    }

    /**
     * The value, decoded anew each time.
     *
     * @throws CodecException if the body is no such value; the message still has to be answered
     */
    public T value() {
        return codec.decode(message.delivery().body());
    }

    public MessageProperties properties() {
        return message.delivery().properties();
    }

    /** Whether the message may have been taken before. */
    public boolean redelivered() {
        return message.delivery().redelivered();
    }

    /** How often it was taken here without being given back to the broker, counted from 1. */
    public int attempt() {
        return message.attempt();
    }

    /** It is processed: the broker forgets it. */
    public void done() {
        message.settle(Settlement.ACCEPT);
    }

    /** Puts it back, for any consumer. */
    public void requeue() {
        message.settle(Settlement.REQUEUE);
    }

    /** Keeps it here, and has it taken again from this queue object after that time. */
    public void retryAfter(Duration delay) {
        message.retryAfter(Math.max(0, delay.toMillis()));
    }

    /** Never again: it becomes a dead letter if its queue has these, else it is forgotten. */
    public void reject() {
        message.settle(Settlement.REJECT);
    }
}
