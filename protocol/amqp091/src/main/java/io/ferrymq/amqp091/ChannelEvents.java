package io.ferrymq.amqp091;

/** What a channel tells its connection. */
interface ChannelEvents {
    /** Runs something in the lane's next turn, unless the connection has ended. */
    void later(Runnable task);

    /** A publish waits for its confirm, and none did before. */
    void confirming(Channel channel);

    /** So many more publishes wait for their confirm, or fewer, and their numbers take so many bytes more, or fewer. */
    void unconfirmed(long publishes, long bytes);

    /** The queue of a consumer is gone. */
    void consumerCancelled(Channel channel, String consumerTag);

    /** Deliveries have to be settled within this time, or the channel ends. */
    void settlesWithin(long timeoutMillis);

    /** Work that a method of the client began has come upon a fault of his, in a later turn. */
    void failed(Channel channel, Fault fault, int methodId);

    /** A consumer was passed over because the peer does not take what was sent. */
    void starved();
}
