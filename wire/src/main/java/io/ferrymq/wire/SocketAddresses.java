package io.ferrymq.wire;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;

/**
 * Addresses as the rest of the broker wants to see them.
 *
 * <p>Thread contract: stateless.
 */
final class SocketAddresses {
    private SocketAddresses() {}

    /**
     * The address with an IPv4 address in its own form. A socket that listens on IPv6 and IPv4 reports IPv4 peers as
     * {@code ::ffff:127.0.0.1}, which no check for loopback or network would recognise.
     */
    static InetSocketAddress plain(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        }
        return new InetSocketAddress(unmapped(inet.getAddress()), inet.getPort());
    }

    private static InetAddress unmapped(InetAddress address) {
        try {
            // The JDK turns the mapped form of sixteen bytes into an Inet4Address.
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of a length that is neither IPv4 nor IPv6", e);
        }
    }
}
