package io.ferrymq.broker;

import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.QueueSpec;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client connection's use of one virtual host: the port that protocols see.
 *
 * <p>Thread contract: every method is called on the shard's lane. Requests take effect at once, and their effects are
 * seen by whoever asks next; what they changed may not be on disk yet, so <em>answers</em> are held with {@link
 * #afterDurable}.
 *
 * <p>A request that is not granted throws {@link RefusedException} and changes nothing.
 */
public interface Link {
    /** Declares an exchange, or confirms that it exists with the same properties. */
    void declareExchange(ExchangeSpec spec);

    /** Confirms that an exchange exists. */
    void checkExchange(String name);

    /** Deletes an exchange; succeeds if there is none. */
    void deleteExchange(String name, Set<DeleteCondition> conditions);

    void bindExchange(String destination, String source, String routingKey, Map<String, @Nullable Object> arguments);

    void unbindExchange(String destination, String source, String routingKey, Map<String, @Nullable Object> arguments);

    /** Declares a queue, or confirms that it exists with the same properties; an empty name asks for a generated one. */
    QueueStatus declareQueue(QueueSpec spec);

    /** Confirms that a queue exists and may be used here. */
    QueueStatus checkQueue(String name);

    void bindQueue(String queue, String exchange, String routingKey, Map<String, @Nullable Object> arguments);

    void unbindQueue(String queue, String exchange, String routingKey, Map<String, @Nullable Object> arguments);

    /** Forgets all ready messages, and those that are held for the queue until their time; returns how many. */
    long purgeQueue(String name);

    /** Deletes a queue with its messages and returns how many were ready or held for it; 0 if there is none. */
    long deleteQueue(String name, Set<DeleteCondition> conditions);

    /**
     * Publishes. The outcome is in the publication.
     *
     * @throws RefusedException if the exchange does not exist, is internal, or may not be written to
     */
    void publish(Publication publication);

    /**
     * Looks whether a publication that is to be published later could be published now.
     *
     * @throws RefusedException as {@link #publish} would
     */
    void checkPublish(Publication publication);

    /** Starts a consumer. Deliveries begin in a later turn, never inside this call. */
    Subscription subscribe(SubscriptionRequest request, DeliverySink sink);

    /**
     * Hands the first ready message to {@code sink} inside this call; false if there is none. Credit is not asked for. If
     * the first is not durable yet, whoever published it, or very many before it have expired, {@link #afterDurable} waits
     * for that: it can be fetched then.
     */
    boolean fetch(String queue, SubscriptionRequest.Settling settling, DeliverySink sink);

    /**
     * Settles a delivery of {@code source}, once. Takes effect at once; it is written with whatever is written next.
     *
     * @param place the delivery's place, as it was shown
     * @param mark the delivery's mark, as it was shown
     */
    void settle(DeliverySource source, long place, long mark, Settlement settlement);

    /** Settles a delivery, once. */
    default void settle(Unsettled delivery, Settlement settlement) {
        settle(delivery.source(), delivery.place(), delivery.mark(), settlement);
    }

    /**
     * Has what is published and settled from here to {@link #writeSettlements}, without a return to the lane, outlive a
     * crash as a whole or not at all. That holds if all of it, with headers and properties, is at most so many bytes, and
     * each body less than 32 KiB.
     */
    void together(int bytes);

    /** Writes what was settled so far instead of later, and has {@link #afterDurable} wait for it. */
    void writeSettlements();

    /**
     * Opens a private address for replies and returns its name; messages published to that name through the default
     * exchange go straight to {@code sink}, or nowhere if it has no credit. It ends with the link or with {@link
     * #closeReplyAddress}.
     */
    String openReplyAddress(DeliverySink sink);

    void closeReplyAddress(String name);

    /** Whether {@code name} is a reply address that somebody listens at. */
    boolean replyAddressExists(String name);

    /** Runs {@code answer} once all changes requested so far are durable: inside this call if they are. In call order. */
    void afterDurable(Runnable answer);

    /** Asks for {@link LinkListener#durable} calls until {@code sequence} is reached. */
    void awaitDurable(long sequence);

    /** All log sequences up to this one are durable. */
    long durableSequence();

    /** Whether more is waiting to be written than should be: stop reading from publishers until relieved. */
    boolean congested();

    /**
     * Whether so much is waiting to be written that nothing is to be settled that may become a dead letter, which is
     * written anew: keep such settlements until relieved. Others always go on.
     */
    boolean lagging();

    /**
     * Whether messages fill the memory so far that no more may be published, not even by those who have not been told to
     * wait. {@link LinkListener#unblocked} tells when that is over, too.
     */
    default boolean areMessagesFull() {
        return false;
    }

    /** The reason publishers are blocked for; null if they are not. */
    @Nullable String blockedReason();

    /**
     * Tells the broker that the session holds so many bytes of memory more for this link, or fewer if negative. What a link
     * still holds when it is closed is forgotten.
     */
    default void hold(long bytes) {}

    /** As {@link #hold}, for deliveries that are not settled: who holds very much of that may get no more for a while. */
    default void holdUnsettled(long bytes) {
        hold(bytes);
    }

    /**
     * Looks whether the session may hold so many bytes more, which it does not have to. {@link #hold} is to follow.
     *
     * @throws RefusedException with {@code LimitReached} if memory is short
     */
    default void requireRoom(long bytes) {}

    /**
     * Units of {@link TurnBudget} that the broker has spent so far, for whomever: the difference is what a request has cost
     * inside its call.
     */
    default long spentUnits() {
        return 0;
    }

    /** Charges what the session does for this link, such as writing to a socket, to what the broker does in this turn. */
    default void spend(long units) {}

    /**
     * Does work that may be too long for one turn, such as settling very many deliveries, and then {@code done}: inside this
     * call if it is little. Works of one link come one after the other, and answers that are asked for meanwhile after them.
     * Queues that get messages back in it hand out nothing before it is over.
     */
    void work(Chore chore, Runnable done);

    /**
     * Ends the link: subscriptions end, exclusive queues go. What is unsettled must have been settled before, or by work
     * that is under way. {@code gone} runs when all is gone: inside this call if that is little.
     */
    void close(Runnable gone);

    /** Ends the link; see {@link #close(Runnable)}. */
    default void close() {
        close(() -> {});
    }
}
