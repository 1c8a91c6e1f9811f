package io.ferrymq.broker;

/** What the broker tells a session unasked. Called on the lane. */
public interface LinkListener {
    /** Everything up to {@code sequence} is durable; confirms that waited for it may go out. See {@link Link#awaitDurable}. */
    void durable(long sequence);

    /** A resource runs low: publishers must wait. The reason is {@code low on memory} or {@code low on disk}, or both. */
    void blocked(String reason);

    /** Resources are back to normal. */
    void unblocked();

    /** The log has caught up after {@link Link#congested} was true. */
    void relieved();

    /** The operator, or the broker's stop, ends this link. */
    void closing(String reason);

    /**
     * A sink, an answer or a listener of this session has thrown something: the session gives back what it has, closes
     * the link and tells its peer. It gets no messages meanwhile. Called in a task of its own.
     */
    default void failed(RuntimeException cause) {
        closing(cause.toString());
    }
}
