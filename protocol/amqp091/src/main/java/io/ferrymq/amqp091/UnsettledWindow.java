package io.ferrymq.amqp091;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.Unsettled;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one channel that its client has not settled, by delivery tag.
 *
 * <p>Thread contract: the connection's lane.
 *
 * <p>A ring of parallel arrays in the order of the tags, which only grow:
 *
 * <pre>
 *   position     head                          head + span
 *   tags         4     5     7     8     11
 *   deliveries   d4    -     d7    -     d11    -: settled out of order, a hole
 * </pre>
 *
 * Tags may be missing, because deliveries that need no settling have tags, too. The usual settlement, of the oldest or
 * of all up to a tag, touches only what it settles. One from the middle is found at the distance of its tag from the
 * first if no tag is missing, else by bisection, and leaves a hole. When the ring is full and at least half of it are
 * holes, it is compacted instead of enlarged, so it is never longer than four times what is unsettled, and every
 * operation takes constant time on average. Nothing is allocated for a delivery.
 */
final class UnsettledWindow {
    /** Gets what is taken out of the window, in the order of the tags. */
    interface Taker {
        void take(long tag, Unsettled delivery, @Nullable Consumer consumer, Settlement settlement);
    }

    /** Is asked about deliveries inside. */
    interface Question {
        /** {@link SettleTimeout#NONE} to go on with the next one. */
        long answer(long tag, Unsettled delivery, @Nullable Consumer consumer);
    }

    private static final int CAPACITY_MIN = 8;
    /** Larger arrays are given up when nothing is unsettled. */
    private static final int IDLE_CAPACITY_MAX = 4_096;

    private long[] tags = {};
    private @Nullable Unsettled[] deliveries = {};
    private @Nullable Consumer[] consumers = {};
    private int head;
    private int span;
    private int count;

    /** Number of deliveries inside. */
    int count() {
        return count;
    }

    /** The tag of the oldest delivery inside; there has to be one. */
    long oldestTag() {
        return tags[head];
    }

    /** The first answer of {@code question} about the deliveries up to this tag, oldest first; its NONE if there is none. */
    long ask(long lastTag, Question question) {
        for (int position = 0; position < span && tags[slot(position)] <= lastTag; position++) {
            int slot = slot(position);
            Unsettled delivery = deliveries[slot];
            long answer =
                    delivery == null ? SettleTimeout.NONE : question.answer(tags[slot], delivery, consumers[slot]);
            if (answer != SettleTimeout.NONE) {
                return answer;
            }
        }
        return SettleTimeout.NONE;
    }

    /** Adds a delivery with a tag above all tags inside. */
    void add(long tag, Unsettled delivery, @Nullable Consumer consumer) {
        if (span == tags.length) {
            makeRoom();
        }
        int slot = slot(span);
        tags[slot] = tag;
        deliveries[slot] = delivery;
        consumers[slot] = consumer;
        span++;
        count++;
    }

    /** Takes out the delivery with this tag; false if there is none. */
    boolean takeOne(long tag, Settlement settlement, Taker taker) {
        int position = find(tag);
        if (position < 0) {
            return false;
        }
        take(position, settlement, taker);
        return true;
    }

    /** Takes out all deliveries up to the one with this tag, oldest first; false, and nothing taken, if there is none. */
    boolean takeUpTo(long tag, Settlement settlement, Taker taker) {
        if (find(tag) < 0) {
            return false;
        }
        while (span > 0 && tags[head] <= tag) {
            take(0, settlement, taker);
        }
        return true;
    }

    /** Takes out everything that is inside now, oldest first. */
    void takeAll(Settlement settlement, Taker taker) {
        if (span > 0) {
            takeUpTo(tags[slot(lastPosition())], settlement, taker);
        }
    }

    /** The last position that is no hole; there is one, since holes at the end are dropped. */
    private int lastPosition() {
        return span - 1;
    }

    private void take(int position, Settlement settlement, Taker taker) {
        int slot = slot(position);
        long tag = tags[slot];
        Unsettled delivery = deliveries[slot];
        Consumer consumer = consumers[slot];
        deliveries[slot] = null;
        consumers[slot] = null;
        count--;
        dropHolesAtEnds();
        if (count == 0 && tags.length > IDLE_CAPACITY_MAX) {
            rebuild(CAPACITY_MIN);
        }
        if (delivery == null) {
            throw new IllegalStateException("no delivery at tag " + tag);
        }
        taker.take(tag, delivery, consumer, settlement);
    }

    private void dropHolesAtEnds() {
        while (span > 0 && deliveries[head] == null) {
            head = slot(1);
            span--;
        }
        while (span > 0 && deliveries[slot(span - 1)] == null) {
            span--;
        }
    }

    /** The position of the delivery with this tag, or -1. */
    private int find(long tag) {
        if (span == 0 || tag < tags[head]) {
            return -1;
        }
        // Tags grow by at least one from position to position, so it cannot be further away than this.
        int high = (int) Math.min(tag - tags[head], span - 1L);
        int low = tags[slot(high)] == tag ? high : 0;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (tags[slot(middle)] < tag) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return tags[slot(low)] == tag && deliveries[slot(low)] != null ? low : -1;
    }

    private int slot(int position) {
        return (head + position) & (tags.length - 1);
    }

    private void makeRoom() {
        int capacity = count > tags.length / 2 ? tags.length * 2 : tags.length;
        rebuild(Math.max(capacity, CAPACITY_MIN));
    }

    /** Copies what is inside to new arrays without holes. */
    private void rebuild(int capacity) {
        long[] newTags = new long[capacity];
        @Nullable Unsettled[] newDeliveries = new Unsettled[capacity];
        @Nullable Consumer[] newConsumers = new Consumer[capacity];
        int to = 0;
        for (int position = 0; position < span; position++) {
            int slot = slot(position);
            if (deliveries[slot] != null) {
                newTags[to] = tags[slot];
                newDeliveries[to] = deliveries[slot];
                newConsumers[to] = consumers[slot];
                to++;
            }
        }
        tags = newTags;
        deliveries = newDeliveries;
        consumers = newConsumers;
        head = 0;
        span = to;
    }

    /** Puts deliveries that were taken out before back to their places, in the order of their tags. */
    void putBack(long[] oldTags, Unsettled[] oldDeliveries, @Nullable Consumer[] oldConsumers) {
        UnsettledWindow merged = new UnsettledWindow();
        int old = 0;
        for (int position = 0; position < span; position++) {
            int slot = slot(position);
            while (old < oldTags.length && oldTags[old] < tags[slot]) {
                merged.add(oldTags[old], oldDeliveries[old], oldConsumers[old]);
                old++;
            }
            Unsettled delivery = deliveries[slot];
            if (delivery != null) {
                merged.add(tags[slot], delivery, consumers[slot]);
            }
        }
        for (; old < oldTags.length; old++) {
            merged.add(oldTags[old], oldDeliveries[old], oldConsumers[old]);
        }
        become(merged);
    }

    private void become(UnsettledWindow other) {
        tags = other.tags;
        deliveries = other.deliveries;
        consumers = other.consumers;
        head = other.head;
        span = other.span;
        count = other.count;
    }
}
