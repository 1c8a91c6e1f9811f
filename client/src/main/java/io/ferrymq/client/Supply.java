package io.ferrymq.client;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * The consumer that feeds an {@link Intake}, and its window.
 *
 * <p>Thread contract: inside the intake's lock. What {@link #meet} returns is run outside.
 *
 * <pre>
 *   state      on                                    to
 *   off        somebody wants a message              starting
 *   starting   the transport consumes                on, with a window that may grow
 *   starting   the transport refuses                 off
 *   any        nobody wants messages; it was ended   off: a consumer that starts late is not wanted
 * </pre>
 */
final class Supply {
    /** Takers that find nothing here so often in a row would get more from a larger window. */
    private static final int WAITS_MAX = 32;

    private final Intake intake;
    private final Transport transport;
    private final String queue;
    private final int windowMax;
    private int window;
    private int waitsInARow;
    private boolean consuming;
    private long starts;
    private @Nullable Consumption consumption;

    Supply(Intake intake, Transport transport, String queue, Intake.Terms terms) {
        this.intake = intake;
        this.transport = transport;
        this.queue = queue;
        this.window = terms.window();
        this.windowMax = terms.windowMax();
    }

    static void nothing() {
        // Nothing has to be done.
    }

    /** Whether deliveries come, or are about to. */
    boolean isConsuming() {
        return consuming;
    }

    /** A taker found a message. */
    void found() {
        waitsInARow = 0;
    }

    /** A taker found none. */
    void missed() {
        waitsInARow++;
    }

    /** What has to be done so that those who wait get something, when so many are in the application's hands. */
    Runnable meet(int taken) {
        if (!consuming) {
            consuming = true;
            long start = ++starts;
            int prefetch = window;
            return () -> Promises.whenDone(
                    transport.consume(ConsumeSpec.shared(queue, prefetch), intake),
                    (started, error) -> intake.started(start, started, error));
        }
        Consumption open = consumption;
        boolean tooSmall = taken >= window || waitsInARow >= WAITS_MAX;
        if (open != null && tooSmall && window < windowMax) {
            waitsInARow = 0;
            window = Math.min(2 * window, windowMax);
            int prefetch = window;
            return () -> open.prefetch(prefetch);
        }
        return Supply::nothing;
    }

    /** Whether the consumer of that start is the one that is wanted now. */
    boolean isWanted(long start) {
        return start == starts && consuming;
    }

    void started(Consumption started) {
        consumption = started;
    }

    @Nullable Consumption consumption() {
        return consumption;
    }

    /** Nobody wants anything any more, or nothing comes; returns the consumer that has to be cancelled, if there is one. */
    @Nullable Consumption end() {
        Consumption open = consumption;
        consumption = null;
        consuming = false;
        return open;
    }
}
