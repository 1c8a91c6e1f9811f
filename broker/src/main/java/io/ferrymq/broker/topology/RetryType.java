package io.ferrymq.broker.topology;

/** Which of the messages that come back wait before they are handed out again. */
public enum RetryType {
    /** None. */
    DISABLED("disabled"),
    /** Every one. */
    ALL("all"),
    /** Those whose consumer failed: it said so, or it went without an answer. */
    FAILED("failed"),
    /** Those whose consumer let go of them without having failed. */
    RETURNED("returned");

    private final String wireName;

    RetryType(String wireName) {
        this.wireName = wireName;
    }

    /** The value of {@code x-delayed-retry-type}. */
    public String wireName() {
        return wireName;
    }
}
