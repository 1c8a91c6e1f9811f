package io.ferrymq.broker;

import java.util.List;

/**
 * The error lists of one virtual host: what an operator sees of the messages that were set aside because they could not
 * be read, and does with them. A queue or exchange goes on without such a message, whose bytes stay in the log until it
 * is given back or dropped here, or the queue or exchange is deleted. Purging a queue leaves its list.
 *
 * <p>Thread contract: the shard's lane. Takes effect at once; durable when {@link Link#afterDurable} of any link says so.
 */
public interface DamagedMessages {
    /** The most that {@link #list} returns. */
    int PAGE_MAX = 1_000;

    /** How many there are in the virtual host. */
    long count();

    /** How many there are of a queue or an exchange. */
    long count(Resource place);

    /**
     * The next messages of a queue or an exchange in the order of their ids, at most {@link #PAGE_MAX}.
     *
     * @param after the last id of the page before; 0 for the first page
     */
    List<DamagedMessage> list(Resource place, long after, int limit);

    /**
     * What is stored of a message: the bytes of its record as they are on disk, with those behind it if its length is not
     * to be trusted; empty if the disk does not give them, or if there is no such message.
     */
    byte[] raw(Resource place, long id, int bytesMax);

    /**
     * Gives back a message that can be read again, because the disk or a format is back: to the end of its queue, or through the
     * exchange that held it as if its time had come. The time that it may live begins anew. If the broker is killed meanwhile
     * it may be in both places.
     *
     * @return false if there is no such message
     * @throws RefusedException with {@link Refusal.Unreadable} if it still cannot be read; it stays here
     */
    boolean giveBack(Resource place, long id);

    /** Drops a message, so that the log may reuse its space; false if there is no such message. */
    boolean drop(Resource place, long id);

    /** Drops all of a queue or an exchange; returns how many there were. */
    long dropAll(Resource place);
}
