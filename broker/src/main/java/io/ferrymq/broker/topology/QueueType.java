package io.ferrymq.broker.topology;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of queues that can be declared. */
public enum QueueType {
    /** Anything that is asked of it. */
    CLASSIC("classic"),
    /** Durable, shared and permanent; counts deliveries and gives up on a message after a limit. */
    QUORUM("quorum");

    private final String wireName;

    QueueType(String wireName) {
        this.wireName = wireName;
    }

    /** The value of {@code x-queue-type}. */
    public String wireName() {
        return wireName;
    }

    public static Optional<QueueType> of(String wireName) {
        return Arrays.stream(values())
                .filter(type -> type.wireName.equals(wireName))
                .findFirst();
    }
}
