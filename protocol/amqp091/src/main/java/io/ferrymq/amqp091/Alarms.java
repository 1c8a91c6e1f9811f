package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.TxMethod;

/**
 * What makes a publisher wait: the broker's alarms and a log that lags behind. An alarm stops a connection when it
 * publishes, not before, so that consumers can go on and free what is short: of a connection that has published, whatever
 * comes before its next {@code basic.publish} is taken still, and that one waits. When messages have filled the memory, the
 * first one waits, too. Clients that know {@code connection.blocked} are told.
 *
 * <p>Thread contract: the connection's lane.
 */
final class Alarms {
    private final Peer peer;
    private final boolean canBeTold;
    private boolean told;
    /** The client has published in an alarm, and must not again before that is over. */
    private boolean blocked;

    Alarms(Peer peer) {
        this.peer = peer;
        this.canBeTold = peer.client().isCapableOf("connection.blocked");
    }

    /** The client has published. */
    void published() {
        if (peer.link().congested()) {
            peer.gate().shut(ReadGate.Reason.CONGESTION);
        }
        String reason = peer.link().blockedReason();
        if (reason != null) {
            block(reason);
        }
    }

    private void block(String reason) {
        blocked = true;
        if (canBeTold && !told) {
            told = true;
            peer.out().method(0, new ConnectionMethod.Blocked(reason));
        }
    }

    /** Whether a method has to wait for the end of an alarm, or for the log; then the gate is shut. */
    boolean holdsBack(int methodId) {
        return switch (methodId) {
            case BasicMethod.Publish.ID -> isBlocked() && shut(ReadGate.Reason.ALARM);
            case BasicMethod.Nack.ID, BasicMethod.Reject.ID, TxMethod.Commit.ID -> lags();
            default -> false;
        };
    }

    /** What is rejected may be written anew as a dead letter, however large. */
    private boolean lags() {
        return peer.link().lagging() && shut(ReadGate.Reason.CONGESTION);
    }

    private boolean isBlocked() {
        if (!blocked && peer.link().areMessagesFull()) {
            String reason = peer.link().blockedReason();
            block(reason == null ? "low on memory" : reason);
        }
        return blocked;
    }

    private boolean shut(ReadGate.Reason reason) {
        peer.gate().shut(reason);
        return true;
    }

    /** Resources are back to normal. */
    void cleared() {
        blocked = false;
        peer.gate().open(ReadGate.Reason.ALARM);
        if (told) {
            told = false;
            peer.out().method(0, new ConnectionMethod.Unblocked());
        }
    }
}
