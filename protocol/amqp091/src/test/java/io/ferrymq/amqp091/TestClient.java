package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.ExchangeMethod;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.FrameReader;
import io.ferrymq.amqp091.codec.FrameWriter;
import io.ferrymq.amqp091.codec.LongString;
import io.ferrymq.amqp091.codec.MalformedFrameException;
import io.ferrymq.amqp091.codec.Method;
import io.ferrymq.amqp091.codec.ProtocolHeader;
import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.message.Octets;
import io.ferrymq.wire.EmbeddedConnection;
import io.ferrymq.wire.ListenerOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The other end of a connection without a socket: writes frames, and shows what comes back. */
final class TestClient implements AutoCloseable {
    /** One frame that came back, readable in a test: a method as its record, a body as its text. */
    record Received(int channel, Object content) {}

    static final Map<String, @Nullable Object> ALL_CAPABILITIES = Map.of(
            "capabilities",
            Map.of("consumer_cancel_notify", true, "connection.blocked", true, "authentication_failure_close", true));

    final RecordingLink link = new RecordingLink();
    final EmbeddedConnection wire;
    /** What was thrown out of the session, which nothing should be. */
    final List<RuntimeException> escaped = new ArrayList<>();

    boolean admitsAnonymous;
    /** The octets of the last password that was asked about. */
    byte[] password = {};

    /** How long a login has to wait. */
    long loginDelayMillis;

    Identity identity = new Identity("guest", Set.of());
    private final List<Received> frames = new ArrayList<>();
    private final ByteBuf unread = Unpooled.buffer();
    private final FrameReader reader = new FrameReader(1 << 20);

    private TestClient(Amqp091Options options) {
        Amqp091 protocol = new Amqp091(options, new Door(), new Random(1));
        wire = EmbeddedConnection.open(ListenerOptions.at("127.0.0.1", 5672), new WatchedProtocol(protocol, escaped));
    }

    private final class Door implements LinkOpener {
        @Override
        public long loginDelayMillis(String user, InetAddress from) {
            return loginDelayMillis;
        }

        @Override
        public Identity login(String user, String given, InetAddress from) {
            password = Octets.encode(given);
            if (!user.equals("guest") || !given.equals("guest")) {
                throw new RefusedException(new Refusal.LoginFailed(user, "wrong password"));
            }
            return identity;
        }

        @Override
        public Identity loginByCertificate(X509Certificate certificate, InetAddress from) {
            return identity;
        }

        @Override
        public boolean admitsAnonymous() {
            return admitsAnonymous;
        }

        @Override
        public Identity loginAnonymously(InetAddress from) {
            return identity;
        }

        @Override
        public Link open(Identity who, String virtualHost, ClientDescription client, LinkListener listener) {
            if (!virtualHost.equals("/")) {
                throw new RefusedException(new Refusal.VhostNotFound(virtualHost));
            }
            link.listener = listener;
            link.opened = true;
            return link;
        }
    }

    /** Connected, but nothing sent. */
    static TestClient connected() {
        return connected(Amqp091Options.standard());
    }

    static TestClient connected(Amqp091Options options) {
        return new TestClient(options);
    }

    /** With the virtual host open and channel 1 on it. */
    static TestClient running() {
        return running(Amqp091Options.standard());
    }

    static TestClient running(Amqp091Options options) {
        TestClient client = connected(options);
        client.run(options);
        return client;
    }

    /** Opens the virtual host and channel 1. */
    void run(Amqp091Options options) {
        sendHeader();
        startOk("guest", ALL_CAPABILITIES);
        send(0, new ConnectionMethod.TuneOk(options.channelMax(), options.frameMaxBytes(), options.heartbeatSeconds()));
        send(0, new ConnectionMethod.Open("/"));
        send(1, new ChannelMethod.Open());
        takeFrames();
    }

    void sendHeader() {
        ByteBuf header = Unpooled.buffer();
        ProtocolHeader.AMQP_0_9_1.write(header);
        wire.receive(header);
    }

    void startOk(String password, Map<String, @Nullable Object> properties) {
        send(0, startOkWith("PLAIN", "\0guest\0" + password, properties));
    }

    static ConnectionMethod.StartOk startOkWith(
            String mechanism, String response, Map<String, @Nullable Object> properties) {
        LongString octets = LongString.copyOf(response.getBytes(StandardCharsets.UTF_8));
        return new ConnectionMethod.StartOk(properties, mechanism, octets, "en_US");
    }

    /** Sends one method frame. */
    void send(int channel, Method method) {
        wire.receive(frame(channel, method));
    }

    static ByteBuf frame(int channel, Method method) {
        ByteBuf out = Unpooled.buffer();
        FrameWriter.writeMethod(out, channel, method);
        return out;
    }

    static ByteBuf frame(int type, int channel, ByteBuf payload) {
        ByteBuf out = Unpooled.buffer();
        out.writeByte(type).writeShort(channel).writeInt(payload.readableBytes());
        return out.writeBytes(payload).writeByte(Frame.END);
    }

    /** A message in as many body frames as there are parts. */
    static ByteBuf message(int channel, BasicMethod.Publish method, ByteBuf properties, String... parts) {
        ByteBuf out = frame(channel, method);
        long size = 0;
        for (String part : parts) {
            size += part.length();
        }
        out.writeBytes(headerFrame(channel, properties, size));
        for (String part : parts) {
            out.writeBytes(bodyFrame(channel, part));
        }
        return out;
    }

    static ByteBuf headerFrame(int channel, ByteBuf properties, long bodySize) {
        ByteBuf payload = Unpooled.buffer();
        payload.writeInt(BasicMethod.CLASS_ID << 16).writeLong(bodySize).writeBytes(properties.duplicate());
        return frame(Frame.HEADER, channel, payload);
    }

    static ByteBuf bodyFrame(int channel, String part) {
        return frame(Frame.BODY, channel, Unpooled.copiedBuffer(part, StandardCharsets.UTF_8));
    }

    /** Publishes to an exchange named {@code ex} on channel 1, without properties. */
    void publish(String key, String body) {
        publish(key, body, BasicProperties.NONE);
    }

    void publish(String key, String body, ByteBuf properties) {
        wire.receive(message(1, new BasicMethod.Publish("ex", key, false, false), properties, body));
    }

    /** Sends bytes as one read burst. */
    void sendBytes(ByteBuf bytes) {
        wire.receive(bytes);
    }

    /** Runs the task in a turn of the lane that a passive declaration begins: nothing is flushed until it is over. */
    void inOneTurn(Runnable task) {
        link.whenExchangeIsChecked = task;
        send(1, new ExchangeMethod.Declare("ex", "", true, false, false, false, true, Map.of()));
        link.whenExchangeIsChecked = () -> {};
    }

    /** What came back since the last time, on any channel. */
    List<Received> takeFrames() {
        unread.discardReadBytes();
        unread.writeBytes(wire.sent());
        while (reader.next(unread) == FrameReader.Result.FRAME) {
            frames.add(new Received(reader.channel(), content()));
        }
        List<Received> taken = List.copyOf(frames);
        frames.clear();
        return taken;
    }

    /** What came back since the last time, without the channels' numbers. */
    List<Object> take() {
        return takeFrames().stream().map(Received::content).toList();
    }

    private Object content() {
        ByteBuf payload = unread.slice(reader.payloadOffset(), reader.payloadLength());
        return switch (reader.type()) {
            case Frame.METHOD -> method(payload);
            case Frame.HEADER ->
                new BasicProperties().wrap(payload.skipBytes(12).copy());
            case Frame.BODY -> payload.toString(StandardCharsets.UTF_8);
            default -> "heartbeat";
        };
    }

    /** A returned message has the names that it came with, octet for octet, and those need not be text. */
    private static Object method(ByteBuf payload) {
        boolean isReturn =
                Method.peekId(payload, payload.readerIndex(), payload.readableBytes()) == BasicMethod.Return.ID;
        try {
            return Method.decode(payload);
        } catch (MalformedFrameException e) {
            if (isReturn) {
                return "return of undecodable names";
            }
            throw e;
        }
    }

    @Override
    public void close() {
        wire.close();
    }
}
