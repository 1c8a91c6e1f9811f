package io.ferrymq.server;

import java.lang.management.ManagementFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * The one line on standard output.
 *
 * <pre>
 * FerryMQ 0.1.0 ready in 412 ms amqp=0.0.0.0:5672 amqps=0.0.0.0:5671 data=/var/lib/ferry
 * </pre>
 *
 * <p>Scripts wait for it and take the ports from it; the data directory stands last since it may hold spaces.
 */
final class ReadyLine {
    private ReadyLine() {}

    static String of(FerryServer server, long startedMillisAgo) {
        StringBuilder line = new StringBuilder("FerryMQ ")
                .append(Version.current())
                .append(" ready in ")
                .append(startedMillisAgo)
                .append(" ms");
        for (Map.Entry<String, InetSocketAddress> listener : server.listeners().entrySet()) {
            line.append(' ').append(listener.getKey()).append('=').append(text(listener.getValue()));
        }
        return line.append(" data=").append(server.dataPath()).toString();
    }

    /** Milliseconds since the virtual machine began. */
    static long millisSinceProcessBegan() {
        return System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    }

    private static String text(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        String text = host.getHostAddress();
        return (host instanceof Inet6Address ? "[" + text + "]" : text) + ":" + address.getPort();
    }
}
