package io.ferrymq.broker.topology;

/** How sure it is that a dead letter arrives. */
public enum DeadLetterStrategy {
    AT_MOST_ONCE("at-most-once"),
    AT_LEAST_ONCE("at-least-once");

    private final String wireName;

    DeadLetterStrategy(String wireName) {
        this.wireName = wireName;
    }

    /** The value of {@code x-dead-letter-strategy}. */
    public String wireName() {
        return wireName;
    }
}
