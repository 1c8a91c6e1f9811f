package io.ferrymq.broker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator sees of the messages of one virtual host that wait for their time, and does with them.
 *
 * <p>Thread contract: the shard's lane. Takes effect at once; durable when {@link Link#afterDurable} of any link says so.
 */
public interface DelayedMessages {
    /** The most that {@link #list} returns. */
    int PAGE_MAX = 1_000;

    /** How many wait. */
    long count();

    /** How many an exchange holds; the empty name is the default exchange. */
    long count(String exchange);

    /** How many tasks a queue holds that understands them: those that may not run yet. */
    long countAtQueue(String queue);

    /**
     * The next messages in the order of their due times, at most {@link #PAGE_MAX}. Looks at the stored form of each.
     *
     * @param exchange the one that holds them; null for any, and for any queue
     * @param after the last message of the page before; null for the first page
     */
    List<DelayedMessage> list(@Nullable String exchange, @Nullable DelayedMessage after, int limit);

    /** As {@link #list}, of those that a queue holds. */
    List<DelayedMessage> listAtQueue(String queue, @Nullable DelayedMessage after, int limit);

    /** Drops a message; false if it does not wait here, or no more. */
    boolean cancel(long id);

    /**
     * Routes a message now, before its time; false if it does not wait here, or no more. A task that a queue holds goes to
     * a worker, which itself waits for the task's time.
     */
    boolean runNow(long id);

    /**
     * Gives a message another time. It is a new one from then on, behind those of the same time.
     *
     * @param dueMillis when it is to be routed, milliseconds since 1970; at once if that has passed
     * @return its new id; 0 if it does not wait here, or no more
     */
    long postpone(long id, long dueMillis);
}
