package io.ferrymq.wire;

/**
 * A protocol as a listener sees it. This is all that a protocol module gives to the wire.
 *
 * <p>Thread contract: one binding serves all lanes and keeps no state that is not safe for that.
 */
public interface ProtocolBinding {
    /** The protocol's short name in lower case, as it stands in logs and metrics. */
    String name();

    /** Recognises the protocol's first bytes. Not asked on a listener that has this protocol alone. */
    ProtocolSelector selector();

    /**
     * Begins the protocol on a connection, after the PROXY header and the TLS handshake, if there are any. The first
     * bytes have not been consumed. Called on the connection's lane.
     */
    ByteHandler open(Connection connection);

    /**
     * Writes what this protocol answers to a peer that speaks none of the listener's protocols; the wire then closes
     * the connection. Called on the connection's lane, and only if this protocol is the listener's first.
     */
    void refuse(Connection connection);
}
