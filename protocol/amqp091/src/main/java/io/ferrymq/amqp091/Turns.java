package io.ferrymq.amqp091;

import io.ferrymq.wire.Lane;

/** The lane as a session needs it. In production a {@link Lane}; in tests a queue that the test cranks. */
interface Turns {
    /** Runs the task when this turn's events and tasks are done. */
    void atTurnEnd(Runnable task);

    /** Runs the task in a later turn. */
    void later(Runnable task);

    /** Milliseconds on a monotonic clock, the one of {@link io.ferrymq.wire.Connection#lastReadMillis}. */
    long nowMillis();

    static Turns of(Lane lane) {
        return new Turns() {
            @Override
            public void atTurnEnd(Runnable task) {
                lane.atTurnEnd(task);
            }

            @Override
            public void later(Runnable task) {
                lane.execute(task);
            }

            @Override
            public long nowMillis() {
                return lane.nowMillis();
            }
        };
    }
}
