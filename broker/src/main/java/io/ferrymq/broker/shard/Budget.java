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
 *   level      from       what happens, with all that is above it
 *   PLENTY     0 %        nothing
 *   SHRINKING  60 %       caches shrink
 *   PAUSING    75 %       the links that hold most get no deliveries
 *   BLOCKING   85 %       publishers are blocked, if messages are a part of it
 *   REFUSING   95 %       links, declarations, consumers, channels, transactions are refused
 * </pre>
 *
 * Publishers can do nothing about what others declare or hold: they are blocked only while messages take {@value
 * #MESSAGES_PERCENT} % of the heap, or the log as much of the memory outside.
 *
 * <p>A level ends {@value #RELIEF_PERCENT} % below where it begins, so that it does not flutter. What frees memory is never
 * refused or held up.
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
    private long grownSinceLook;
    private boolean lookAsked;
    private Runnable largeStep = () -> {};
    private Level level = Level.PLENTY;
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

    long heapBytes() {
        return declaredBytes.getAsLong() + sessionBytes + wire.heapBytes.getAsLong() + messageBytes();
    }

    private long messageBytes() {
        return queueBytes + otherBytes.getAsLong();
    }

    // ---- levels ----

    Level level() {
        return level;
    }

    /** Looks how short memory is. */
    Level look() {
        grownSinceLook = 0;
        lookAsked = false;
        long percent = usedPercent();
        Level found = Level.PLENTY;
        for (Level candidate : Level.values()) {
            int relief = candidate.isAtLeast(Level.SHRINKING) && level.isAtLeast(candidate) ? RELIEF_PERCENT : 0;
            if (percent >= candidate.fromPercent - relief) {
                found = candidate;
            }
        }
        level = found;
        blocks = looksLikeBlocking();
        return found;
    }

    private long usedPercent() {
        return Math.max(heapPercent(heapBytes()), outsidePercent(outsideBytes()));
    }

    private long outsideBytes() {
        return logBytes.getAsLong() + wire.outsideBytes.getAsLong();
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

    private boolean looksLikeBlocking() {
        int least = blocks ? MESSAGES_PERCENT - RELIEF_PERCENT : MESSAGES_PERCENT;
        return level.isAtLeast(Level.BLOCKING)
                && (heapPercent(messageBytes()) >= least || outsidePercent(logBytes.getAsLong()) >= least);
    }

    // ---- refusing ----

    /** Refuses something that would stay until somebody deletes it, if there is no room. */
    void requireRoomToDeclare() {
        requireRoom(declaredBytes.getAsLong(), DECLARED_PERCENT);
    }

    /** Refuses something that a session would hold, if there is no room. */
    void requireRoomForSession(long bytes) {
        requireRoom(sessionBytes + bytes, SESSIONS_PERCENT);
    }

    private void requireRoom(long bytes, int percent) {
        if (bytes > heapBytesMax / 100 * percent || level == Level.REFUSING) {
            throw new RefusedException(new Refusal.LimitReached("broker memory", heapBytesMax));
        }
    }
}
