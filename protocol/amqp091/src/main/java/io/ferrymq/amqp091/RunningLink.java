package io.ferrymq.amqp091;

import io.ferrymq.broker.LinkListener;
import io.ferrymq.wire.Connection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a connection while its virtual host is open, and what the broker tells them. Before and after that
 * time there are none, and nothing happens.
 *
 * <p>Thread contract: the connection's lane.
 */
final class RunningLink implements LinkListener {
    private final Connection connection;
    private final ReadGate gate;
    private final OutboundBuffer out;
    private final Consumer<String> end;
    private final Consumer<RuntimeException> fail;
    private final Runnable wakeConsumers;
    private @Nullable Channels channels;
    private boolean wakeRequested;

    /**
     * {@code end} ends the connection, because the broker says so and why; {@code fail} ends it because of a fault of our
     * own.
     */
    RunningLink(
            Connection connection,
            ReadGate gate,
            OutboundBuffer out,
            Consumer<String> end,
            Consumer<RuntimeException> fail) {
        this.connection = connection;
        this.wakeConsumers = connection.guarded(this::wakeConsumers);
        this.gate = gate;
        this.out = out;
        this.end = end;
        this.fail = fail;
    }

    void opened(Channels fresh) {
        channels = fresh;
    }

    /** The channels; null unless the virtual host is open. */
    @Nullable Channels channels() {
        return channels;
    }

    /** Gives back everything that the connection holds in the broker. */
    void release() {
        release(() -> {});
    }

    /** As {@link #release()}, and then does {@code done}: inside this call if there is little to give back, or nothing. */
    void release(Runnable done) {
        Channels running = channels;
        if (running == null) {
            done.run();
        } else {
            channels = null;
            running.release(done);
        }
    }

    /** Answers the publishes that are durable by now. */
    void confirm() {
        if (channels != null) {
            channels.confirm();
        }
    }

    /** Charges work for this connection to the turn. */
    void spend(long units) {
        if (channels != null) {
            channels.spend(units);
        }
    }

    /** Units that the broker has spent so far, on this and all other connections. */
    long spentUnits() {
        return channels == null ? 0 : channels.spentUnits();
    }

    /** The read buffer will change. */
    void endBurst() {
        if (channels != null) {
            channels.endBurst();
        }
    }

    /** What waited for the peer to take bytes goes on, in a turn of its own so that others have theirs. */
    void relieveUnsent() {
        if (!out.isOverfull()) {
            gate.open(ReadGate.Reason.UNSENT_REPLIES);
        }
        if (channels != null && channels.isStarved() && out.hasRoom() && !wakeRequested) {
            wakeRequested = true;
            connection.lane().execute(wakeConsumers);
        }
    }

    private void wakeConsumers() {
        wakeRequested = false;
        if (channels != null) {
            try {
                channels.wakeConsumers();
            } catch (RuntimeException e) {
                fail.accept(e);
            }
        }
    }

    @Override
    public void durable(long sequence) {
        confirm();
    }

    @Override
    public void blocked(String reason) {
        // It stops whoever publishes from now on: Alarms asks then.
    }

    @Override
    public void unblocked() {
        if (channels != null) {
            channels.alarms().cleared();
        }
    }

    @Override
    public void relieved() {
        gate.open(ReadGate.Reason.CONGESTION);
    }

    @Override
    public void closing(String reason) {
        end.accept(reason);
    }

    @Override
    public void failed(RuntimeException cause) {
        fail.accept(cause);
    }
}
