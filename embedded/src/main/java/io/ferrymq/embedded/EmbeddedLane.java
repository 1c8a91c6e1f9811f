package io.ferrymq.embedded;

import io.ferrymq.broker.shard.Lane;

/** The lane of an embedded broker. Any thread hands over tasks; timers are asked for on the lane. */
interface EmbeddedLane extends Lane {
    /** Begins to run what is handed over. */
    void start();

    /**
     * Has the lane end when no task is left; timers are forgotten. What is handed over later runs in the caller's thread,
     * one at a time: it finds everything closed and says so.
     */
    void stop();
}
