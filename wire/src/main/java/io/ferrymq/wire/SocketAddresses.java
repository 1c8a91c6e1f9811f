package io.ferrymq.wire;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Addresses as the rest of the broker wants to see them.
 *
 * <p>Thread contract: stateless.
 */
final class SocketAddresses {
    /** What is not known belongs to nobody: it is no address of this machine, from which more may be allowed. */
    private static final InetSocketAddress UNKNOWN = new InetSocketAddress(ofOctets(new byte[4]), 0);

    private SocketAddresses() {}

    /**
     * The address with an IPv4 address in its own form. A socket that listens on IPv6 and IPv4 reports IPv4 peers as
     * {@code ::ffff:127.0.0.1}, which no check for loopback or network would recognise.
     */
    static InetSocketAddress plain(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return UNKNOWN;
        }
        return new InetSocketAddress(ofOctets(inet.getAddress().getAddress()), inet.getPort());
    }

    /** The address that is written in the text; empty if it is anything else, such as a name, which is not looked up. */
    static Optional<InetSocketAddress> literal(String text, int port) {
        byte @Nullable [] octets = NetUtil.createByteArrayFromIpAddressString(text);
        return octets == null ? Optional.empty() : Optional.of(new InetSocketAddress(ofOctets(octets), port));
    }

    private static InetAddress ofOctets(byte[] octets) {
        try {
            // The JDK turns the mapped form of sixteen bytes into an Inet4Address.
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of a length that is neither IPv4 nor IPv6", e);
        }
    }
}
