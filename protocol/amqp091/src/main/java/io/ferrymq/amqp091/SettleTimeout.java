package io.ferrymq.amqp091;

import io.ferrymq.broker.DeliverySource;

/**
 * How long the deliveries of one channel have waited for their settlement (RabbitMQ's delivery acknowledgement timeout).
 *
 * <p>Thread contract: the connection's lane.
 *
 * <p>Nothing is noted for a delivery. Tags only grow, so a mark tells of a whole run of deliveries by when they were made:
 *
 * <pre>
 *   tags     17      40      41
 *   millis   5000    6000    9000     deliveries 18 to 40 were made by 6000, and 41 by 9000
 *   dues     65000   6500    9500     what is due first of each run, or earlier
 * </pre>
 *
 * Each look sets a mark. A delivery counts from the first mark at or above its tag, so a timeout is never noticed too
 * early, and too late by no more than the time between two looks. When there is no room for a mark, every second one goes
 * and its deliveries count from the one behind it.
 *
 * <p>A look goes through a run only when something in it may be due, which is then noted anew: one short timeout does not
 * make every look go through all that may wait for long.
 */
final class SettleTimeout implements UnsettledWindow.Question {
    /** No timeout, or none that is over. */
    static final long NONE = Long.MAX_VALUE;

    private static final int MARKS_MAX = 32;

    private final long defaultMillis;
    private final long[] tags = new long[MARKS_MAX];
    private final long[] millis = new long[MARKS_MAX];
    private final long[] dues = new long[MARKS_MAX];
    private int marks;
    private int asked;
    private long firstDue;
    private long shortestMillis = NONE;
    private long lookMillis;

    /** {@code defaultMillis} holds where neither consumer nor queue says otherwise. */
    SettleTimeout(long defaultMillis) {
        this.defaultMillis = defaultMillis;
    }

    /** What holds for a delivery of which consumer or queue say {@code saidMillis}. */
    private long millis(long saidMillis) {
        return saidMillis == DeliverySource.NO_TIMEOUT ? defaultMillis : saidMillis;
    }

    /** There will be deliveries of which consumer or queue say {@code saidMillis}. */
    void expect(long saidMillis) {
        shortestMillis = Math.min(shortestMillis, millis(saidMillis));
    }

    /** The shortest timeout of any delivery there may be. */
    long shortestMillis() {
        return shortestMillis;
    }

    /** The timeout of the oldest delivery in {@code window} whose timeout is over; {@code lastTag} is the newest one's tag. */
    long look(UnsettledWindow window, long lastTag, long nowMillis) {
        if (window.count() == 0) {
            marks = 0;
            return NONE;
        }
        forgetBefore(window.oldestTag());
        mark(lastTag, nowMillis);
        lookMillis = nowMillis;
        for (asked = 0; asked < marks; asked++) {
            if (nowMillis >= dues[asked]) {
                firstDue = NONE;
                long over = window.ask(asked == 0 ? 0 : tags[asked - 1], tags[asked], this);
                if (over != NONE) {
                    return over;
                }
                dues[asked] = firstDue;
            }
        }
        return NONE;
    }

    @Override
    public long answer(long tag, Holder holder) {
        long timeoutMillis = millis(holder.timeoutMillis());
        long due = due(millis[asked], timeoutMillis);
        firstDue = Math.min(firstDue, due);
        return lookMillis >= due ? timeoutMillis : NONE;
    }

    private static long due(long madeByMillis, long timeoutMillis) {
        return timeoutMillis > NONE - madeByMillis ? NONE : madeByMillis + timeoutMillis;
    }

    private void mark(long lastTag, long nowMillis) {
        if (marks > 0 && tags[marks - 1] == lastTag) {
            return;
        }
        if (marks == MARKS_MAX) {
            thinOut();
        }
        tags[marks] = lastTag;
        millis[marks] = nowMillis;
        dues[marks] = due(nowMillis, shortestMillis);
        marks++;
    }

    /** Runs in which nothing was found that could ever be due go first; else every second mark. */
    private void thinOut() {
        int kept = 0;
        for (int i = 0; i < marks; i++) {
            if (dues[i] != NONE) {
                set(kept++, i, dues[i]);
            }
        }
        if (kept == marks) {
            for (kept = 0; kept < marks / 2; kept++) {
                set(kept, 2 * kept + 1, Math.min(dues[2 * kept], dues[2 * kept + 1]));
            }
        }
        marks = kept;
    }

    private void set(int mark, int from, long due) {
        tags[mark] = tags[from];
        millis[mark] = millis[from];
        dues[mark] = due;
    }

    private void forgetBefore(long oldestTag) {
        int gone = 0;
        while (gone < marks && tags[gone] < oldestTag) {
            gone++;
        }
        System.arraycopy(tags, gone, tags, 0, marks - gone);
        System.arraycopy(millis, gone, millis, 0, marks - gone);
        System.arraycopy(dues, gone, dues, 0, marks - gone);
        marks -= gone;
    }
}
