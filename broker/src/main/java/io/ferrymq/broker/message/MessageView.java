package io.ferrymq.broker.message;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A window on one stored message. It is moved from message to message; what it returns is valid during the call that
 * it was handed to. Ranges are absolute indexes into {@link #buffer}.
 */
public interface MessageView {
    /** Holds all ranges below. Retain a slice of it to keep bytes for longer. */
    ByteBuf buffer();

    /** The format that the header is in. */
    byte formatId();

    int exchangeOffset();

    int exchangeLength();

    int routingKeyOffset();

    int routingKeyLength();

    int headerOffset();

    int headerLength();

    int bodyOffset();

    int bodyLength();

    boolean persistent();

    int priority();

    /** Whether it has waited as long as its header asks for. */
    boolean wasDelayed();

    /** What the broker has to add to the header; null for a message that nothing happened to. */
    @Nullable History history();
}
