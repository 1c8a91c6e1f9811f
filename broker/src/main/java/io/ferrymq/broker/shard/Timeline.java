package io.ferrymq.broker.shard;

import io.ferrymq.broker.message.Varint;
import io.ferrymq.log.SteadyMillis;
import io.netty.buffer.ByteBuf;
import java.util.function.LongSupplier;

/**
 * The broker's own time, which a shard goes by: it never jumps and never goes back, neither while the broker runs, whatever
 * is done to the wall clock, nor from one run to the next. What is to happen after a while (a message expires, a rest ends)
 * is noted in it. What is to happen at a moment of the calendar is turned into it, and moved when the wall clock is set
 * ({@link #look}). Lane only.
 *
 * <pre>
 *   record:  varint broker's time in milliseconds, varint by how much it is ahead of the wall clock, zigzag
 * </pre>
 *
 * <p>In a directory where the wall clock was never set the two are the same. While the broker does not run, the wall clock
 * tells how much time has passed; if it says less than nothing, nothing has.
 */
final class Timeline {
    /** A smaller difference is not noted: reading two clocks takes time, too. */
    private static final long JUMP_MILLIS = 250;

    private static final long NEVER = Long.MAX_VALUE;

    private final LongSupplier wallMillis;
    private final LongSupplier nanos;
    private LongSupplier millis;
    private long aheadMillis;
    private long seenMillis;

    Timeline(LongSupplier wallMillis, LongSupplier nanos) {
        this.wallMillis = wallMillis;
        this.nanos = nanos;
        this.millis = new SteadyMillis(wallMillis.getAsLong(), nanos);
    }

    /** The broker's time. */
    long millis() {
        return millis.getAsLong();
    }

    /** What a clock on the wall shows at a moment of the broker's time: milliseconds since 1970. */
    long toWall(long atMillis) {
        return atMillis - aheadMillis;
    }

    /** The broker's time at a moment of the calendar, as far as it can be known now; never, if that is beyond all time. */
    long ofWall(long atWallMillis) {
        if (aheadMillis > 0 && atWallMillis > NEVER - aheadMillis) {
            return NEVER;
        }
        return atWallMillis == NEVER ? NEVER : Math.max(0, atWallMillis + aheadMillis);
    }

    // ---- when the wall clock is set ----

    /**
     * Compares with the wall clock.
     *
     * @return by how much moments of the calendar have moved in the broker's time; 0 if nobody has set the clock
     */
    long look() {
        long before = millis();
        long wall = wallMillis.getAsLong();
        long after = millis();
        return after - before > JUMP_MILLIS ? 0 : noteAhead(before - wall);
    }

    private long noteAhead(long nowAheadMillis) {
        long moved = nowAheadMillis - aheadMillis;
        if (Math.abs(moved) <= JUMP_MILLIS) {
            return 0;
        }
        aheadMillis = nowAheadMillis;
        return moved;
    }

    // ---- recovery and checkpoints ----

    /** A moment that was noted before the end of an earlier run: that was not later than now. */
    void seen(long atMillis) {
        seenMillis = Math.max(seenMillis, atMillis);
    }

    /**
     * Recovery is over: goes on from where the earlier run ended.
     *
     * @return as {@link #look}
     */
    long goOn() {
        long wall = wallMillis.getAsLong();
        long now = Math.max(wall + aheadMillis, seenMillis);
        millis = new SteadyMillis(now, nanos);
        return noteAhead(now - wall);
    }

    void encode(ByteBuf out) {
        Varint.write(out, millis());
        Varint.write(out, (aheadMillis << 1) ^ (aheadMillis >> (Long.SIZE - 1)));
    }

    /**
     * Applies what an earlier run has written.
     *
     * @return as {@link #look}
     */
    long decode(ByteBuf in) {
        seen(Varint.read(in));
        long zigzag = Varint.read(in);
        long ahead = (zigzag >>> 1) ^ -(zigzag & 1);
        long moved = ahead - aheadMillis;
        aheadMillis = ahead;
        return moved;
    }
}
