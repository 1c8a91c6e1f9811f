package io.ferrymq.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** A client of TLS without a socket, which makes each record when it is told to. */
final class EncryptedClient {
    private final EmbeddedConnection wire;
    private final SSLEngine engine;
    private final ByteBuf unread = Unpooled.buffer();

    EncryptedClient(EmbeddedConnection wire, SSLContext context, SSLParameters parameters) {
        this.wire = wire;
        this.engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        engine.setSSLParameters(parameters);
    }

    /** Parameters of the usual kind for one version of the protocol. */
    static SSLParameters version(String name) {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {name});
        return parameters;
    }

    EncryptedClient handshake() throws SSLException {
        engine.beginHandshake();
        while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> wire.receive(record(""));
                case NEED_TASK -> engine.getDelegatedTask().run();
                default -> takeRecord();
            }
        }
        return this;
    }

    private void takeRecord() throws SSLException {
        unread.writeBytes(wire.sent());
        ByteBuffer from = unread.nioBuffer();
        var result = engine.unwrap(from, ByteBuffer.allocate(1 << 15));
        if (result.bytesConsumed() == 0 && result.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
            throw new SSLException("the server says nothing");
        }
        unread.skipBytes(result.bytesConsumed());
    }

    /** What the handshake needs next, or else a record with this text. */
    byte[] record(String text) throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(1 << 15);
        engine.wrap(ByteBuffer.wrap(text.getBytes(UTF_8)), out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    /** So many records with this text each. */
    byte[] records(int count, String text) throws SSLException {
        ByteBuf all = Unpooled.buffer();
        for (int i = 0; i < count; i++) {
            all.writeBytes(record(text));
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    /** A record that renews the keys in TLS 1.3, and asks for another handshake before that. */
    byte[] renewal() throws SSLException {
        engine.beginHandshake();
        return record("");
    }
}
