package io.ferrymq.broker.simulation;

import java.util.Random;

/**
 * The clock on the wall, which somebody sets now and then, and what follows from that: by how much the broker's own time is
 * ahead of it, for all that the broker may know.
 */
final class WallClock {
    /** The broker takes two clocks for one that differ by no more. */
    static final long SLACK_MILLIS = 250;

    private static final long SECOND = 1_000;
    private static final long HOUR = 3_600 * SECOND;
    private static final long[] JUMPS_MILLIS = {SECOND, 5 * SECOND, 90 * SECOND, HOUR, 24 * HOUR};

    private final boolean isSet;
    private long aheadMillis;
    /** What the broker may still go by, since it has not looked. */
    private long aheadMinMillis;

    private long aheadMaxMillis;
    /** The sums of what was set since it was last on disk what the clock shows. */
    private long forwardMillis;

    private long backMillis;
    /** Those among them that the broker has seen. */
    private long forwardSeenMillis;

    private long backSeenMillis;
    /** The latest that the broker's own time has ever been; it may have to go on from before. */
    private long latestOwnMillis;

    /** A clock that runs evenly, or one that is set as a seed decides. */
    WallClock(boolean isSet) {
        this.isSet = isSet;
    }

    /** By how much it is set now; 0 mostly. */
    long jumpMillis(Random random) {
        if (!isSet || random.nextInt(3) > 0) {
            return 0;
        }
        long jump = JUMPS_MILLIS[random.nextInt(JUMPS_MILLIS.length)];
        return random.nextBoolean() ? jump : -jump;
    }

    /** It was set by so much, and the broker may not know yet. */
    void jumped(long byMillis) {
        ahead(aheadMillis - byMillis);
        if (byMillis > 0) {
            forwardMillis += byMillis;
        } else {
            backMillis -= byMillis;
        }
    }

    private void ahead(long nowMillis) {
        aheadMillis = nowMillis;
        aheadMinMillis = Math.min(aheadMinMillis, nowMillis);
        aheadMaxMillis = Math.max(aheadMaxMillis, nowMillis);
    }

    /** The broker has looked at it. */
    void seen() {
        aheadMinMillis = aheadMillis;
        aheadMaxMillis = aheadMillis;
    }

    /** Everything has come to rest: what the broker had seen before the last rest is on disk. */
    void kept() {
        forwardMillis -= forwardSeenMillis;
        forwardSeenMillis = forwardMillis;
        backMillis -= backSeenMillis;
        backSeenMillis = backMillis;
    }

    /** A broker starts, which looks at it first. */
    void startedAt(Moment moment) {
        aheadMillis = moment.aheadMillis();
        seen();
    }

    /** A broker has ended. */
    void endedAt(long ownMillis) {
        latestOwnMillis = Math.max(latestOwnMillis, ownMillis);
    }

    /** Whether an earlier broker may have seen this moment of its own time, because it ended so late. */
    boolean mayHaveBeen(long ownMillis) {
        return isSet && ownMillis <= latestOwnMillis;
    }

    /** How long it takes until the broker's own time is as late as it has ever been. */
    long behindMillis(long ownMillis) {
        return Math.max(0, latestOwnMillis - ownMillis);
    }

    /** The earliest moment of the broker's own time that may be this one of the calendar. */
    long earliestOwnMillis(long atWallMillis) {
        return atWallMillis + aheadMinMillis - slackMillis();
    }

    /** The latest moment of the broker's own time that may be this one of the calendar. */
    long latestOwnMillis(long atWallMillis) {
        return atWallMillis + aheadMaxMillis + slackMillis();
    }

    long slackMillis() {
        return isSet ? SLACK_MILLIS : 0;
    }

    /** By how much a broker may take more time to have passed than did: it was set forward, and nobody saw it before the end. */
    long forwardMillis() {
        return forwardMillis + slackMillis();
    }

    /** By how much a broker may take less time to have passed. */
    long backMillis() {
        return backMillis + slackMillis();
    }
}
