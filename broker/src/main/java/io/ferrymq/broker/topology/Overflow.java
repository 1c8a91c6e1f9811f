package io.ferrymq.broker.topology;

/** What a full queue does with a message too many. */
public enum Overflow {
    /** The oldest message makes room; it is dead-lettered. */
    DROP_HEAD("drop-head"),
    /** The publisher is told that the new message was not taken. */
    REJECT_PUBLISH("reject-publish"),
    /** As {@link #REJECT_PUBLISH}, and the new message is dead-lettered. */
    REJECT_PUBLISH_DLX("reject-publish-dlx");

    private final String wireName;

    Overflow(String wireName) {
        this.wireName = wireName;
    }

    /** The value of {@code x-overflow}. */
    public String wireName() {
        return wireName;
    }
}
