package io.ferrymq.amqp091;

import io.ferrymq.wire.Connection;
import java.util.EnumSet;

/**
 * Whether the session takes more frames, and what it waits for if it does not. Frames that have arrived stay with the
 * wire meanwhile, and the peer is held up by TCP.
 *
 * <p>Thread contract: the connection's lane.
 */
final class ReadGate {
    /** What reading waits for. */
    enum Reason {
        /** An answer that is not durable yet; what the client sent after the request must come after it. */
        ANSWER,
        /** Work that takes more than one turn; what the client sent after the request must come after it. */
        WORK,
        /** The log, which has more to write than it should. */
        CONGESTION,
        /** Memory or disk space: the client publishes and the broker is in an alarm. */
        ALARM,
        /** The log: so many publishes are unanswered that their numbers take too much. */
        CONFIRMS,
        /** The peer, who does not take what it asked for. */
        UNSENT_REPLIES
    }

    private final Connection connection;
    private final EnumSet<Reason> reasons = EnumSet.noneOf(Reason.class);
    private boolean shut;
    private int works;

    ReadGate(Connection connection) {
        this.connection = connection;
    }

    boolean isShut() {
        return shut;
    }

    /** Whether the peer is made to wait by us, so that its silence means nothing. */
    boolean isShutFor(Reason reason) {
        return reasons.contains(reason);
    }

    void shut(Reason reason) {
        reasons.add(reason);
        if (!shut) {
            shut = true;
            connection.pauseReading();
        }
    }

    void open(Reason reason) {
        if (reasons.remove(reason) && reasons.isEmpty()) {
            shut = false;
            connection.resumeReading();
        }
    }

    /** Shuts for {@link Reason#WORK}, until {@link #workEnded} was called as often. */
    void workBegun() {
        works++;
        shut(Reason.WORK);
    }

    void workEnded() {
        works--;
        if (works == 0) {
            open(Reason.WORK);
        }
    }

    /** Opens for all reasons: the session ends and only waits for the peer's last word. */
    void openForGood() {
        reasons.clear();
        if (shut) {
            shut = false;
            connection.resumeReading();
        }
    }
}
