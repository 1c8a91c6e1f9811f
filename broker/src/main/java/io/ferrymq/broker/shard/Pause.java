package io.ferrymq.broker.shard;

/** Whether a link gets no deliveries for a while, because it holds too much. Lane only. */
final class Pause {
    private boolean on;

    boolean isOn() {
        return on;
    }

    void begin() {
        on = true;
    }

    void end() {
        on = false;
    }
}
