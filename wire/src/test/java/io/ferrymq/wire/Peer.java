package io.ferrymq.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/**
 * A client with a blocking socket, whose reads fail after ten seconds.
 *
 * <p>Thread contract: the test's thread.
 */
final class Peer implements AutoCloseable {
    final Socket socket;

    Peer(Socket connected) throws IOException {
        this.socket = connected;
        socket.setSoTimeout(10_000);
    }

    static Peer of(Listener listener) throws IOException {
        return to("127.0.0.1", listener.port());
    }

    static Peer to(String host, int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(host, port), 10_000);
        return new Peer(socket);
    }

    Peer send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    Peer send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    String read(int byteCount) throws IOException {
        return new String(socket.getInputStream().readNBytes(byteCount), StandardCharsets.UTF_8);
    }

    /** All bytes up to the end of the stream. */
    String readToEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        socket.getInputStream().transferTo(all);
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Whether the other end has ended or reset the connection without sending anything. */
    boolean isEnded() throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Closes with a reset instead of an orderly end. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
