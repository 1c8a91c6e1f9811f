package io.ferrymq.conformance;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/**
 * A SOCKS 5 proxy (RFC 1928) that connects everybody to one broker, wherever they wanted to go: so a program can be run
 * as it is written though its address is taken.
 *
 * <p>Thread contract: each connection has two threads of its own.
 */
final class SocksRelay implements Closeable {
    private static final int VERSION = 5;
    private static final byte[] NO_LOGIN = {VERSION, 0};
    private static final byte[] CONNECTED = {VERSION, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    private static final int ADDRESS_IP4 = 1;
    private static final int ADDRESS_NAME = 3;

    private final ServerSocket listener;
    private final URI broker;

    private SocksRelay(URI broker) throws IOException {
        this.broker = broker;
        this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    }

    static SocksRelay to(URI broker) throws IOException {
        SocksRelay relay = new SocksRelay(broker);
        Thread.ofVirtual().start(relay::accept);
        return relay;
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket(broker.getHost(), broker.getPort())) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            in.readUnsignedByte();
            in.skipNBytes(in.readUnsignedByte());
            client.getOutputStream().write(NO_LOGIN);
            in.skipNBytes(3);
            skipAddress(in);
            client.getOutputStream().write(CONNECTED);
            Thread back = Thread.ofVirtual().start(() -> copy(server, client));
            copy(client, server);
            back.join();
        } catch (IOException gone) {
            // The program fails, and says why.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void skipAddress(DataInputStream in) throws IOException {
        int length = switch (in.readUnsignedByte()) {
            case ADDRESS_IP4 -> 4;
            case ADDRESS_NAME -> in.readUnsignedByte();
            default -> 16;
        };
        in.skipNBytes(length + 2L);
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException gone) {
            // The other direction ends, too.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
