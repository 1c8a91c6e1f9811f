package io.ferrymq.wire;

/**
 * Where a listener listens and what it grants to each connection.
 *
 * @param host address or name to bind; {@code *} is every address of the machine, IPv6 and IPv4, and {@code 0.0.0.0} every
 *     one of IPv4
 * @param port TCP port, 0 for a free one
 * @param backlog connections that the kernel holds until they are accepted
 * @param handshakeTimeoutMillis time for the PROXY header, the TLS handshake and the protocol's first bytes together
 * @param lowWaterBytes pending outbound bytes below which a connection is writable again
 * @param highWaterBytes pending outbound bytes above which a connection is not writable
 * @param unreadBytesMax bytes that a protocol may leave unread while it waits for more; past that the connection fails
 * @param proxyHeader whether connections begin with a PROXY protocol header
 */
public record ListenerOptions(
        String host,
        int port,
        int backlog,
        long handshakeTimeoutMillis,
        int lowWaterBytes,
        int highWaterBytes,
        int unreadBytesMax,
        ProxyHeader proxyHeader) {
    /** The host that stands for every address of the machine. */
    public static final String EVERY_ADDRESS = "*";

    /** Checks the ranges. */
    public ListenerOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
        if (lowWaterBytes < 0 || highWaterBytes < lowWaterBytes) {
            throw new IllegalArgumentException("water marks " + lowWaterBytes + " and " + highWaterBytes);
        }
        if (backlog < 1 || handshakeTimeoutMillis < 1 || unreadBytesMax < 1) {
            throw new IllegalArgumentException("backlog, handshake time-out and unread bytes must be positive");
        }
    }

    /** A listener with the usual limits. */
    public static ListenerOptions at(String host, int port) {
        return new ListenerOptions(host, port, 1024, 10_000, 64 << 10, 256 << 10, 1 << 20, ProxyHeader.NONE);
    }

    /** The same with another time for the handshake. */
    public ListenerOptions withHandshakeTimeoutMillis(long millis) {
        return new ListenerOptions(
                host, port, backlog, millis, lowWaterBytes, highWaterBytes, unreadBytesMax, proxyHeader);
    }

    /** The same with another bound for unread bytes. */
    public ListenerOptions withUnreadBytesMax(int bytes) {
        return new ListenerOptions(
                host, port, backlog, handshakeTimeoutMillis, lowWaterBytes, highWaterBytes, bytes, proxyHeader);
    }

    /** The same with or without a PROXY header. */
    public ListenerOptions withProxyHeader(ProxyHeader header) {
        return new ListenerOptions(
                host, port, backlog, handshakeTimeoutMillis, lowWaterBytes, highWaterBytes, unreadBytesMax, header);
    }
}
