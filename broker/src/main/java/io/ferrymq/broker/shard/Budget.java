package io.ferrymq.broker.shard;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import java.util.function.LongSupplier;

/**
 * What the broker holds in memory, added up as it changes, and what is to be done as it becomes short. Nothing is counted
 * over: each account is a number that whoever takes and gives back keeps. Lane only.
 *
 * <pre>
 *   account    what                                                       limit
 *   declared   virtual hosts, exchanges, queues, bindings                 {@value #DECLARED_PERCENT} % of the heap
 *   sessions   links, channels, consumers, unsettled, transactions        {@value #SESSIONS_PERCENT} % of the heap
 *   queues     indexes, messages that came back, rest or failed           with all others
 *   other      timetable, revoked tasks, error lists, routes              with all others
 *   wire       connections before and beside their links                  the transport's own
 *   outside    records of the log; what sockets hold                      memory outside the heap
 *
 *   level      from       of the heap                                          of what is outside
 *   PLENTY     0 %        nothing                                              nothing
 *   SHRINKING  60 %       caches shrink                                        caches shrink
 *   PAUSING    75 %       links with very much unsettled get no deliveries     nothing here: sockets see to it themselves
 *   BLOCKING   85 %       publishers are blocked, if messages are a part of it the same
 *   REFUSING   95 %       what is new has the reserve only; no message goes    nothing more
 *                         to further places, if messages are a part of it
 * </pre>
 *
 * Publishers can do nothing about what others declare or hold: they are blocked only while messages take {@value
 * #MESSAGES_PERCENT} % of the heap, or the log as much of the memory outside.
 *
 * <p>A level ends {@value #RELIEF_PERCENT} % below where it begins, so that it does not flutter. What frees memory is never
 * refused or held up: whoever wants to take messages, purge or delete needs a link, channels, consumers and perhaps a queue
 * of its own, and for links that hold little there is a reserve of those at the last level, and beyond what others hold.
 */
final class Budget {
    /** How short memory is. */
    enum Level {
        PLENTY(0),
        SHRINKING(60),
        PAUSING(75),
        BLOCKING(85),
        REFUSING(95);

        private final int fromPercent;

        Level(int fromPercent) {
            this.fromPercent = fromPercent;
        }

        boolean isAtLeast(Level other) {
            return compareTo(other) >= 0;
        }
    }

    static final int DECLARED_PERCENT = 60;
    static final int SESSIONS_PERCENT = 60;
    static final int RELIEF_PERCENT = 5;
    /** What is kept back for links that hold little. */
    static final int RESERVE_PERCENT = 2;

    static final int MESSAGES_PERCENT = 10;

    /** A change by this part of the heap is looked at before the next second. */
    private static final int STEP_DIVISOR = 32;

    private final long heapBytesMax;
    private final long outsideBytesMax;
    private final LongSupplier declaredBytes;
    private final LongSupplier otherBytes;
    private final LongSupplier logBytes;
    private final Wire wire;
    private long queueBytes;
    private long sessionBytes;
    private long unsettledBytes;
    private long grownSinceLook;
    private boolean lookAsked;
    private Runnable largeStep = () -> {};
    private Level level = Level.PLENTY;
    private Level outsideLevel = Level.PLENTY;
    /** What was held when the last level began, from where on the reserve is counted. */
    private long sessionBytesAtRefusing;

    private long declaredBytesAtRefusing;
    private boolean blocks;

    /**
     * What connections take that are not links.
     *
     * @param heapBytes on the heap
     * @param outsideBytes outside the heap
     */
    record Wire(LongSupplier heapBytes, LongSupplier outsideBytes) {}

    Budget(
            BrokerOptions options,
            LongSupplier declaredBytes,
            LongSupplier otherBytes,
            LongSupplier logBytes,
            Wire wire) {
        this.heapBytesMax = options.heapBytesMax();
        this.outsideBytesMax = options.directBytesMax();
        this.declaredBytes = declaredBytes;
        this.otherBytes = otherBytes;
        this.logBytes = logBytes;
        this.wire = wire;
    }

    /** Has {@code look} called, once, when so much has been taken since the last {@link #look} that it is time for one. */
    void onLargeStep(Runnable look) {
        largeStep = look;
    }

    // ---- counting ----

    /** Queues hold so much more for their messages. */
    void queuesHold(long bytes) {
        queueBytes += bytes;
        grown(bytes);
    }

    /** Sessions, and links for them, hold so much more. */
    void sessionsHold(long bytes) {
        sessionBytes += bytes;
        grown(bytes);
    }

    /** So much more of what sessions hold is for deliveries that are not settled. */
    void unsettled(long bytes) {
        unsettledBytes += bytes;
    }

    private void grown(long bytes) {
        grownSinceLook += bytes;
        if (grownSinceLook > heapBytesMax / STEP_DIVISOR && !lookAsked) {
            lookAsked = true;
            largeStep.run();
        }
    }

    long queueBytes() {
        return queueBytes;
    }

    long sessionBytes() {
        return sessionBytes;
    }

    /** What sessions hold for deliveries that are not settled. */
    long unsettledBytes() {
        return unsettledBytes;
    }

    long heapBytes() {
        return declaredBytes.getAsLong() + sessionBytes + wire.heapBytes.getAsLong() + messageBytes();
    }

    private long messageBytes() {
        return queueBytes + otherBytes.getAsLong();
    }

    long outsideBytes() {
        return logBytes.getAsLong() + wire.outsideBytes.getAsLong();
    }

    /** Whether an amount is at least this part of the heap that may be filled. */
    boolean isShareOfHeap(long bytes, int percent) {
        return bytes >= percentOfHeap(percent);
    }

    private long percentOfHeap(int percent) {
        return heapBytesMax / 100 * percent;
    }

    // ---- levels ----

    /** How short the heap is. */
    Level level() {
        return level;
    }

    /** How short memory outside the heap is. */
    Level outsideLevel() {
        return outsideLevel;
    }

    /** How short the shorter of the two is. */
    Level worstLevel() {
        return level.isAtLeast(outsideLevel) ? level : outsideLevel;
    }

    /** Looks how short memory is. */
    void look() {
        grownSinceLook = 0;
        lookAsked = false;
        Level before = level;
        level = next(level, heapPercent(heapBytes()));
        outsideLevel = next(outsideLevel, outsidePercent(outsideBytes()));
        blocks = looksLikeBlocking();
        if (level == Level.REFUSING && before != Level.REFUSING) {
            sessionBytesAtRefusing = sessionBytes;
            declaredBytesAtRefusing = declaredBytes.getAsLong();
        }
    }

    private static Level next(Level now, long percent) {
        Level found = Level.PLENTY;
        for (Level candidate : Level.values()) {
            int relief = candidate.isAtLeast(Level.SHRINKING) && now.isAtLeast(candidate) ? RELIEF_PERCENT : 0;
            if (percent >= candidate.fromPercent - relief) {
                found = candidate;
            }
        }
        return found;
    }

    private long heapPercent(long bytes) {
        return bytes / Math.max(1, heapBytesMax / 100);
    }

    private long outsidePercent(long bytes) {
        return bytes / Math.max(1, outsideBytesMax / 100);
    }

    /** Whether memory is so short, since the last look, that publishers have to wait. */
    boolean blocksPublishers() {
        return blocks;
    }

    /** Whether messages were a large part of what filled the heap to the last level, at the last look. */
    boolean isFullOfMessages() {
        return level == Level.REFUSING && blocks;
    }

    /** Whether no message may go to more places, for whomever: as {@link #isFullOfMessages}, or so by now. */
    boolean hasNoRoomForCopies() {
        return isFullOfMessages()
                || (heapPercent(heapBytes()) >= Level.REFUSING.fromPercent
                        && heapPercent(messageBytes()) >= MESSAGES_PERCENT);
    }

    private boolean looksLikeBlocking() {
        int least = blocks ? MESSAGES_PERCENT - RELIEF_PERCENT : MESSAGES_PERCENT;
        return (level.isAtLeast(Level.BLOCKING) && heapPercent(messageBytes()) >= least)
                || (outsideLevel.isAtLeast(Level.BLOCKING) && outsidePercent(logBytes.getAsLong()) >= least);
    }

    // ---- refusing ----

    /** Refuses something that would stay until somebody deletes it, if there is no room. */
    void requireRoomToDeclare() {
        long declared = declaredBytes.getAsLong();
        require(declared <= percentOfHeap(DECLARED_PERCENT)
                && (level != Level.REFUSING || declared <= declaredBytesAtRefusing + percentOfHeap(RESERVE_PERCENT)));
    }

    /** Refuses something that a session would hold, if there is no room. */
    void requireRoomForSession(long bytes) {
        require(sessionBytes + bytes <= percentOfHeap(SESSIONS_PERCENT) && level != Level.REFUSING);
    }

    /** As {@link #requireRoomForSession}, for a session that holds little: it may have of the reserve. */
    void requireRoomForLittleSession(long bytes) {
        long reserve = percentOfHeap(RESERVE_PERCENT);
        require(sessionBytes + bytes <= percentOfHeap(SESSIONS_PERCENT) + reserve
                && (level != Level.REFUSING || sessionBytes + bytes <= sessionBytesAtRefusing + reserve));
    }

    private void require(boolean hasRoom) {
        if (!hasRoom) {
            throw new RefusedException(new Refusal.LimitReached("broker memory", heapBytesMax));
        }
    }
}
