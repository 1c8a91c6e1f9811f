package io.ferrymq.conformance;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.FrameReader;
import io.ferrymq.amqp091.codec.FrameWriter;
import io.ferrymq.amqp091.codec.LongString;
import io.ferrymq.amqp091.codec.Method;
import io.ferrymq.amqp091.codec.ProtocolHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A client that sends frames as it is told and reads when it is told, on a socket of its own.
 *
 * <p>Used by one thread.
 */
final class RawConnection implements AutoCloseable {
    private static final int FRAME_BYTES_MAX = 128 << 10;
    private static final int CHANNELS_MAX = 2_047;
    private static final int CONNECT_MILLIS_MAX = 30_000;
    private static final int READ_MILLIS_MAX = 120_000;

    private final Socket socket;
    private final ByteBuf unread = Unpooled.buffer(64 << 10);
    private final FrameReader frames = new FrameReader(FRAME_BYTES_MAX + Frame.OVERHEAD);
    private final byte[] chunk = new byte[64 << 10];

    private RawConnection(Socket socket) {
        this.socket = socket;
    }

    /** Connected and no more, with a receive buffer of this size. */
    static RawConnection connected(int port, int receiveBytes) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(receiveBytes);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_MILLIS_MAX);
        try {
            socket.connect(new InetSocketAddress("127.0.0.1", port), CONNECT_MILLIS_MAX);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return new RawConnection(socket);
    }

    /** The same with the TLS handshake done, whoever the broker is. */
    static RawConnection encrypted(int port, int receiveBytes) throws IOException {
        RawConnection plain = connected(port, receiveBytes);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Trusting()}, null);
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain.socket, "localhost", port, true);
            tls.startHandshake();
            return new RawConnection(tls);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // Who the broker is does not matter here.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Logs in as guest and opens the virtual host. */
    RawConnection opened() throws IOException {
        ByteBuf header = Unpooled.buffer();
        ProtocolHeader.AMQP_0_9_1.write(header);
        send(header);
        await(ConnectionMethod.Start.class);
        LongString response = LongString.copyOf("\0guest\0guest".getBytes(StandardCharsets.UTF_8));
        send(0, new ConnectionMethod.StartOk(Map.of(), "PLAIN", response, "en_US"));
        await(ConnectionMethod.Tune.class);
        send(0, new ConnectionMethod.TuneOk(CHANNELS_MAX, FRAME_BYTES_MAX, 0));
        send(0, new ConnectionMethod.Open("/"));
        await(ConnectionMethod.OpenOk.class);
        return this;
    }

    RawConnection channel(int number) throws IOException {
        send(number, new ChannelMethod.Open());
        await(ChannelMethod.OpenOk.class);
        return this;
    }

    void send(int channel, Method method) throws IOException {
        ByteBuf out = Unpooled.buffer();
        FrameWriter.writeMethod(out, channel, method);
        send(out);
    }

    void send(ByteBuf bytes) throws IOException {
        socket.getOutputStream().write(bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
    }

    /** Appends a message without properties to {@code out}. */
    static void publish(ByteBuf out, int channel, String exchange, String key, int bodyBytes, boolean persistent) {
        FrameWriter.writeMethod(out, channel, new BasicMethod.Publish(exchange, key, false, false));
        FrameWriter.writeHead(out, Frame.HEADER, channel, persistent ? 15 : 14);
        out.writeInt(BasicMethod.CLASS_ID << 16).writeLong(bodyBytes);
        out.writeShort(persistent ? 0x1000 : 0);
        if (persistent) {
            out.writeByte(2);
        }
        out.writeByte(Frame.END);
        for (int left = bodyBytes; left > 0; ) {
            int length = Math.min(left, FRAME_BYTES_MAX - Frame.OVERHEAD);
            FrameWriter.writeHead(out, Frame.BODY, channel, length);
            out.writeZero(length).writeByte(Frame.END);
            left -= length;
        }
    }

    /**
     * Reads to the next method of this kind.
     *
     * @throws RefusedException if the broker closes the channel or the connection instead
     */
    <T extends Method> T await(Class<T> kind) throws IOException {
        while (true) {
            Method method = nextMethod();
            if (kind.isInstance(method)) {
                return kind.cast(method);
            }
            switch (method) {
                case ChannelMethod.Close close -> {
                    throw new RefusedException(close.replyCode() + " " + close.replyText());
                }
                case ConnectionMethod.Close close -> {
                    throw new RefusedException(close.replyCode() + " " + close.replyText());
                }
                default -> {}
            }
        }
    }

    private Method nextMethod() throws IOException {
        while (true) {
            FrameReader.Result result = frames.next(unread);
            if (result != FrameReader.Result.FRAME) {
                fill();
            } else if (frames.type() == Frame.METHOD) {
                return Method.decode(unread.slice(frames.payloadOffset(), frames.payloadLength()));
            }
        }
    }

    private void fill() throws IOException {
        unread.discardReadBytes();
        unread.writeBytes(chunk, 0, read());
    }

    /** Reads some bytes and forgets them; returns how many. */
    int skip() throws IOException {
        return read();
    }

    private int read() throws IOException {
        int count = socket.getInputStream().read(chunk);
        if (count < 0) {
            throw new EOFException();
        }
        return count;
    }

    /** Ends the connection with a reset, as a process that is killed does. */
    @Override
    public void close() {
        try {
            // A handshake that fails closes the socket below it.
            if (!(socket instanceof SSLSocket) && !socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The broker's refusal of what was asked for. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedException(String why) {
            super(why);
        }
    }
}
