package io.ferrymq.client;

import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.Settlement;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A delivery in this client, and how often it was handled here. Any thread.
 *
 * <pre>
 *   state    on           to
 *   open     settle       settled
 *   open     retryAfter   over: a new one with the next number stands for it
 * </pre>
 */
final class Incoming {
    private final Intake intake;
    private final Delivery delivery;
    private final long generation;
    private final int attempt;
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * @param generation of deliveries that can be settled together; see {@link Intake#interrupted}
     * @param attempt counted from 1
     */
    Incoming(Intake intake, Delivery delivery, long generation, int attempt) {
        this.intake = intake;
        this.delivery = delivery;
        this.generation = generation;
        this.attempt = attempt;
    }

    Delivery delivery() {
        return delivery;
    }

    long generation() {
        return generation;
    }

    int attempt() {
        return attempt;
    }

    /** Answers it. Only the first call of this or {@link #retryAfter} counts. */
    void settle(Settlement settlement) {
        if (over.compareAndSet(false, true)) {
            intake.settled(this, settlement);
        }
    }

    /** Keeps it here, and has it taken again not earlier than {@code delayMillis} from now. */
    void retryAfter(long delayMillis) {
        if (over.compareAndSet(false, true)) {
            intake.delay(new Incoming(intake, delivery, generation, attempt + 1), delayMillis);
        }
    }
}
