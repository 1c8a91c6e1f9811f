package io.ferrymq.wire;

import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The addresses that a listener tries, and what it says when it gets none.
 *
 * <p>Thread contract: stateless.
 */
final class BindAddresses {
    private BindAddresses() {}

    /** Binds one address. */
    interface Binding<T> {
        T bind(InetSocketAddress address) throws IOException;
    }

    /**
     * Binds the first address that this machine has.
     *
     * @throws ListenerException if it has none of them, or the first of them is in use
     */
    static <T> T first(ListenerOptions options, Binding<T> binding) throws ListenerException {
        List<InetSocketAddress> addresses = of(options);
        for (int i = 0; ; i++) {
            InetSocketAddress address = addresses.get(i);
            try {
                return binding.bind(address);
            } catch (IOException e) {
                if (i + 1 == addresses.size() || isInUse(e)) {
                    throw failure(address, e);
                }
            }
        }
    }

    /** In order of preference: a machine without IPv6 has no {@code ::}. */
    private static List<InetSocketAddress> of(ListenerOptions options) {
        if (options.host().equals(ListenerOptions.EVERY_ADDRESS)) {
            return List.of(
                    new InetSocketAddress("::", options.port()), new InetSocketAddress("0.0.0.0", options.port()));
        }
        return List.of(new InetSocketAddress(options.host(), options.port()));
    }

    /**
     * The family that a socket for this address must have: {@code 0.0.0.0} is every address of IPv4 and none of IPv6, which
     * a socket of both families would not keep apart.
     */
    static SocketProtocolFamily familyOf(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    }

    private static ListenerException failure(InetSocketAddress address, IOException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String where = address.getHostString() + ":" + address.getPort();
        return new ListenerException("cannot listen on " + where + ": " + reason(address, cause), cause);
    }

    private static boolean isInUse(Throwable failure) {
        return String.valueOf(failure.getMessage()).contains("Address already in use");
    }

    private static String reason(InetSocketAddress address, Throwable cause) {
        if (address.isUnresolved()) {
            return "the host is unknown";
        }
        String said = String.valueOf(cause.getMessage());
        if (isInUse(cause)) {
            return "the port is in use";
        }
        if (said.contains("Cannot assign requested address")) {
            return "this machine does not have that address";
        }
        if (said.contains("Permission denied")) {
            return "permission denied (ports below 1024 need privileges)";
        }
        return cause instanceof BindException ? "the address cannot be bound" : said;
    }
}
