package io.ferrymq.amqp091;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a connection stands; the transitions are at {@link ConnectionSession}. */
enum Phase {
    /** Nothing has been read. */
    AWAITING_HEADER,
    /** {@code connection.start} is sent. */
    STARTING,
    /** The client is known and {@code connection.tune} is sent. */
    TUNING,
    /** The limits are agreed. */
    OPENING,
    /** A virtual host is open. */
    RUNNING,
    /** {@code connection.close} is sent, and everything but its answer is discarded. */
    CLOSING,
    /** The session is over; the wire may still be sending its last bytes. */
    ENDED;

    /** Its name in error texts. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the virtual host is not open yet. */
    boolean isHandshake() {
        return switch (this) {
            case AWAITING_HEADER, STARTING, TUNING, OPENING -> true;
            case RUNNING, CLOSING, ENDED -> false;
        };
    }

    private Set<Phase> next() {
        return switch (this) {
            case AWAITING_HEADER -> EnumSet.of(STARTING, ENDED);
            case STARTING -> EnumSet.of(TUNING, CLOSING, ENDED);
            case TUNING -> EnumSet.of(OPENING, CLOSING, ENDED);
            case OPENING -> EnumSet.of(RUNNING, CLOSING, ENDED);
            case RUNNING -> EnumSet.of(CLOSING, ENDED);
            case CLOSING -> EnumSet.of(ENDED);
            case ENDED -> EnumSet.noneOf(Phase.class);
        };
    }

    /** Returns {@code to}, or throws if it cannot follow: that would be our own fault. */
    Phase enter(Phase to) {
        if (!next().contains(to)) {
            throw new IllegalStateException(to + " cannot follow " + this);
        }
        return to;
    }
}
