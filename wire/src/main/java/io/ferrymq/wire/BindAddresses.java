package io.ferrymq.wire;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The addresses that a listener tries, and what it says when it gets none.
 *
 * <p>Thread contract: stateless.
 */
final class BindAddresses {
    private BindAddresses() {}

    /** In order of preference: a machine without IPv6 has no {@code ::}. */
    static List<InetSocketAddress> of(ListenerOptions options) {
        if (options.host().equals(ListenerOptions.EVERY_ADDRESS)) {
            return List.of(
                    new InetSocketAddress("::", options.port()), new InetSocketAddress("0.0.0.0", options.port()));
        }
        return List.of(new InetSocketAddress(options.host(), options.port()));
    }

    static ListenerException failure(InetSocketAddress address, Throwable cause) {
        String where = address.getHostString() + ":" + address.getPort();
        return new ListenerException("cannot listen on " + where + ": " + reason(address, cause), cause);
    }

    private static String reason(InetSocketAddress address, Throwable cause) {
        if (address.isUnresolved()) {
            return "the host is unknown";
        }
        String said = String.valueOf(cause.getMessage());
        if (said.contains("Address already in use")) {
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
