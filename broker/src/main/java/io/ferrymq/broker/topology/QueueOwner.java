package io.ferrymq.broker.topology;

/** Whoever asks for something, and may own exclusive queues: a connection. Known by identity, and not durable. */
public interface QueueOwner {
    /** The owner of queues that are not exclusive, and whoever asks without a connection, such as an operator. */
    QueueOwner NOBODY = new QueueOwner() {
        @Override
        public String toString() {
            return "nobody";
        }
    };

    /** Whether it has ended, and its queues go as the lane finds time. */
    default boolean hasLeft() {
        return false;
    }

    /** A queue that it owned is gone, whoever deleted it. */
    default void gone(DeclaredQueue queue) {}

    /** Whether both are the same connection, or both nobody. */
    @SuppressWarnings("ReferenceEquality") // Identity is what is asked for.
    default boolean is(QueueOwner other) {
        return this == other;
    }
}
