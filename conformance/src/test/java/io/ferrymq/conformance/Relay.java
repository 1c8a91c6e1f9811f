package io.ferrymq.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network between a client and a broker, which may begin to swallow what is sent, without a word to either side.
 *
 * <p>Thread contract: any thread; each connection has two threads of its own.
 */
final class Relay implements AutoCloseable {
    /** One connection through the relay. */
    private static final class Line {
        final Socket client;
        final Socket broker;
        /** Written by whoever swallows, read by both directions. */
        volatile boolean swallowing;

        Line(Socket client, Socket broker) {
            this.client = client;
            this.broker = broker;
        }

        void carry(Socket from, Socket to) {
            byte[] buffer = new byte[16 << 10];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (!swallowing) {
                        out.write(buffer, 0, read);
                    }
                }
                if (!swallowing) {
                    to.close();
                }
            } catch (IOException gone) {
                end();
            }
        }

        /** A side that ends is told to the other one, unless even that is swallowed. */
        private void end() {
            if (!swallowing) {
                closeBoth();
            }
        }

        void closeBoth() {
            try (client;
                    broker) {
                swallowing = true;
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }
    }

    private final ServerSocket listener;
    private final Set<Line> lines = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile InetSocketAddress broker;

    private Relay(InetAddress address, InetSocketAddress broker) {
        this.broker = broker;
        try {
            this.listener = new ServerSocket(0, 0, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Relay to(String host, int port) {
        return at(InetAddress.getLoopbackAddress(), host, port);
    }

    /** A relay that listens at this address of the machine. */
    static Relay at(InetAddress address, String host, int port) {
        Relay relay = new Relay(address, new InetSocketAddress(host, port));
        Thread.ofVirtual().start(relay::accept);
        return relay;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many connections there ever were. */
    int connections() {
        return connections.get();
    }

    /** Leads those who come from now on elsewhere. */
    void leadTo(String host, int port) {
        broker = new InetSocketAddress(host, port);
    }

    /** Swallows everything on the connections that are there, both ways and for good. New ones are carried. */
    void swallow() {
        lines.forEach(line -> line.swallowing = true);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> connect(client));
            }
        } catch (IOException closed) {
            // The test is over.
            return;
        }
    }

    private void connect(Socket client) {
        try {
            Line line = new Line(client, new Socket(broker.getAddress(), broker.getPort()));
            lines.add(line);
            Thread.ofVirtual().start(() -> line.carry(line.broker, client));
            line.carry(client, line.broker);
        } catch (IOException nobodyThere) {
            try {
                client.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lines.forEach(Line::closeBoth);
    }
}
