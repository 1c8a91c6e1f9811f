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
import java.util.concurrent.locks.LockSupport;

/**
 * A network between a client and a broker, which may begin to swallow what is sent, without a word to either side; or only
 * what the broker sends, and have the broker believe that the client is alive.
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
        /** Written by whoever makes the client deaf, read by both directions. */
        volatile boolean deaf;
        /** Written by whoever makes a deaf client mute, too. */
        volatile boolean mute;

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
                    if (!swallowing && !(from.equals(broker) ? deaf : mute)) {
                        write(out, buffer, read);
                    }
                }
                if (!swallowing && !deaf) {
                    to.close();
                }
            } catch (IOException gone) {
                end();
            }
        }

        private synchronized void write(OutputStream out, byte[] buffer, int length) throws IOException {
            out.write(buffer, 0, length);
        }

        /** Goes on for the client, until the broker is told or the relay ends. */
        void pretendToBeAlive() {
            try {
                while (!swallowing) {
                    write(broker.getOutputStream(), HEARTBEAT, HEARTBEAT.length);
                    LockSupport.parkNanos(HEARTBEAT_NANOS);
                }
            } catch (IOException gone) {
                // The broker has ended the connection, which nobody is to know.
                return;
            }
        }

        /** A side that ends is told to the other one, unless even that is swallowed. */
        private void end() {
            if (!swallowing && !deaf) {
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

    /** An AMQP frame that says nothing but that its sender lives. */
    private static final byte[] HEARTBEAT = {8, 0, 0, 0, 0, 0, 0, (byte) 0xCE};

    private static final long HEARTBEAT_NANOS = 300_000_000;

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

    /**
     * On the connections that are there, the client hears nothing any more, and the broker goes on to hear what the client
     * says, and heartbeats whatever the client does. New connections are carried.
     */
    void deafen() {
        for (Line line : lines) {
            if (!line.deaf) {
                line.deaf = true;
                Thread.ofVirtual().start(line::pretendToBeAlive);
            }
        }
    }

    /** What clients say that were made deaf does not arrive any more, either; the broker goes on to hear heartbeats. */
    void mute() {
        lines.stream().filter(line -> line.deaf).forEach(line -> line.mute = true);
    }

    /** The broker learns that the clients which were made deaf are gone. */
    void loseDeaf() {
        lines.stream().filter(line -> line.deaf).forEach(Line::closeBoth);
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
