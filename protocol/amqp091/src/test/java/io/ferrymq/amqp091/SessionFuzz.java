package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.AccessMethod;
import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.BasicProperty;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConfirmMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.ExchangeMethod;
import io.ferrymq.amqp091.codec.Method;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.ferrymq.amqp091.codec.QueueMethod;
import io.ferrymq.amqp091.codec.TxMethod;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.message.Publication;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whole sessions against arbitrary bytes: noise, damaged frames, and correct frames in an order that makes no sense,
 * split anywhere. Whatever comes, nothing is thrown out of the session, the connection is the only one to suffer, and
 * when it is gone everything that it held is given back, once.
 */
class SessionFuzz {
    private static final List<Publication.Outcome> OUTCOMES = List.of(Publication.Outcome.values());
    private static final List<String> NAMES = List.of("", "q", "r", "amq.rabbitmq.reply-to", "amq.gen-1");

    @Property(tries = 300)
    void survivesNoise(@ForAll byte[] noise, @ForAll boolean afterTheHandshake) {
        try (TestClient client = afterTheHandshake ? TestClient.running() : TestClient.connected()) {
            client.sendBytes(Unpooled.copiedBuffer(noise));
            finish(client);
        }
    }

    @Property(tries = 300)
    void survivesDamagedHandshakes(@ForAll long seed) {
        Random random = new Random(seed);
        try (TestClient client = TestClient.connected()) {
            ByteBuf script = Unpooled.copiedBuffer("AMQP\0\0\11\1", StandardCharsets.ISO_8859_1);
            script.writeBytes(TestClient.frame(
                    0, TestClient.startOkWith("PLAIN", "\0guest\0guest", TestClient.ALL_CAPABILITIES)));
            script.writeBytes(TestClient.frame(0, new ConnectionMethod.TuneOk(100, 8192, 10)));
            script.writeBytes(TestClient.frame(0, new ConnectionMethod.Open("/")));
            script.writeBytes(TestClient.frame(1, new ChannelMethod.Open()));
            damage(script, random);
            sendInPieces(client, script, random);
            finish(client);
        }
    }

    @Property(tries = 1_000)
    void survivesSessionsThatMakeNoSense(@ForAll long seed) {
        Random random = new Random(seed);
        Amqp091Options options =
                Amqp091Options.standard().withMessageBytesMax(20_000).withChannelMax(3);
        try (TestClient client = TestClient.running(options)) {
            client.send(2, new ChannelMethod.Open());
            for (int burst = 0; burst < 60 && !client.wire.isClosed(); burst++) {
                ByteBuf script = Unpooled.buffer();
                for (int i = random.nextInt(6); i >= 0; i--) {
                    script.writeBytes(step(random));
                }
                if (random.nextInt(100) == 0) {
                    damage(script, random);
                }
                sendInPieces(client, script, random);
                behaveAsABroker(client, random);
                openAgain(client);
            }
            finish(client);
        }
    }

    /** Does what a client does when its channel is closed: the fuzz should not end with the first soft error. */
    private static void openAgain(TestClient client) {
        for (TestClient.Received frame : client.takeFrames()) {
            requireNoFaultOfOurs(frame);
            if (frame.content() instanceof ChannelMethod.Close) {
                sendIfOpen(client, frame.channel(), new ChannelMethod.CloseOk());
            }
            if (frame.content() instanceof ChannelMethod.Close || frame.content() instanceof ChannelMethod.CloseOk) {
                sendIfOpen(client, frame.channel(), new ChannelMethod.Open());
            }
        }
    }

    private static void sendIfOpen(TestClient client, int channel, Method method) {
        if (!client.wire.isClosed()) {
            client.send(channel, method);
        }
    }

    private static void requireNoFaultOfOurs(TestClient.Received frame) {
        if (frame.content() instanceof ConnectionMethod.Close close) {
            assertThat(close.replyCode()).as(close.replyText()).isNotEqualTo(541);
        }
    }

    private static void damage(ByteBuf script, Random random) {
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(script.writerIndex());
            switch (random.nextInt(3)) {
                case 0 -> script.setByte(at, random.nextInt(256));
                case 1 -> script.setByte(at, script.getByte(at) ^ 1 << random.nextInt(8));
                default -> script.writerIndex(Math.max(1, at));
            }
        }
    }

    private static void sendInPieces(TestClient client, ByteBuf script, Random random) {
        while (script.isReadable() && !client.wire.isClosed()) {
            int length = random.nextBoolean() ? script.readableBytes() : 1 + random.nextInt(script.readableBytes());
            client.sendBytes(script.readBytes(length));
        }
    }

    private static void behaveAsABroker(TestClient client, Random random) {
        RecordingLink link = client.link;
        link.nextRefusal = random.nextInt(20) == 0 ? new Refusal.NotFound(Resource.queue("q", "/")) : null;
        link.outcome = OUTCOMES.get(random.nextInt(OUTCOMES.size()));
        link.congested = random.nextInt(10) == 0;
        link.blockedReason = random.nextInt(10) == 0 ? "low on memory" : null;
        for (String tag : List.copyOf(link.sinks.keySet())) {
            if (random.nextBoolean()) {
                link.deliver(tag, link.track(TestMessage.of("m" + link.tracked.size())));
            }
        }
        if (random.nextInt(10) == 0 && !link.sinks.isEmpty()) {
            String tag = link.sinks.keySet().iterator().next();
            link.queueGone(tag);
        }
        link.fetchable.add(link.track(TestMessage.of("m" + link.tracked.size())));
        if (random.nextBoolean()) {
            link.makeDurable(link.sequence);
        } else if (random.nextInt(4) == 0) {
            link.durable = Math.max(0, link.sequence - 2);
        }
        link.listener.relieved();
        link.listener.unblocked();
        client.wire.runTasks();
    }

    /** One frame, or one message of several, that is correct by itself. */
    private static ByteBuf step(Random random) {
        int channel = random.nextInt(1000) == 0 ? random.nextInt(5) : 1 + random.nextInt(2);
        if (random.nextInt(3) == 0) {
            return message(channel, random);
        }
        if (random.nextInt(400) == 0) {
            return random.nextBoolean()
                    ? TestClient.headerFrame(channel, BasicProperties.NONE, random.nextInt(30_000))
                    : TestClient.bodyFrame(channel, "x".repeat(random.nextInt(100)));
        }
        return TestClient.frame(channel, method(random));
    }

    private static ByteBuf message(int channel, Random random) {
        ByteBuf list = Unpooled.buffer();
        PropertyEditor editor = PropertyEditor.empty().deliveryMode(1 + random.nextInt(2));
        if (random.nextInt(10) == 0) {
            editor.header("BCC", List.of("a", 1));
        }
        if (random.nextInt(10) == 0) {
            editor.text(BasicProperty.REPLY_TO, "amq.rabbitmq.reply-to");
        }
        if (random.nextInt(10) == 0) {
            editor.text(BasicProperty.EXPIRATION, Integer.toString(random.nextInt(100) - 3));
        }
        editor.write(list);
        String[] parts = new String[random.nextInt(4)];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = "x".repeat(1 + (random.nextInt(4) == 0 ? random.nextInt(18_000) : random.nextInt(20)));
        }
        BasicMethod.Publish publish =
                new BasicMethod.Publish("ex", name(random), random.nextBoolean(), random.nextInt(500) == 0);
        return TestClient.message(channel, publish, list, parts);
    }

    private static String name(Random random) {
        return NAMES.get(random.nextInt(NAMES.size()));
    }

    private static Method method(Random random) {
        boolean flag = random.nextBoolean();
        long tag = random.nextInt(12);
        return switch (random.nextInt(26)) {
            case 0, 1, 2 -> new BasicMethod.Get(name(random), flag);
            case 3 ->
                random.nextInt(15) == 0 ? new ChannelMethod.Close(200, "bye", 0, 0) : new ChannelMethod.Flow(true);
            case 4 -> random.nextInt(100) == 0 ? new ChannelMethod.CloseOk() : new ChannelMethod.Flow(true);
            case 5 -> new ChannelMethod.Flow(true);
            case 6 -> new ExchangeMethod.Declare("ex", "topic", flag, flag, false, false, !flag, Map.of());
            case 7 -> new ExchangeMethod.Delete("ex", flag, flag);
            case 8 -> new QueueMethod.Declare(name(random), flag, flag, flag, flag, !flag, Map.of());
            case 9 -> new QueueMethod.Bind(name(random), "ex", name(random), flag, Map.of());
            case 10 -> new QueueMethod.Purge(name(random), flag);
            case 11 -> new QueueMethod.Delete(name(random), flag, flag, flag);
            case 12 -> new BasicMethod.Qos(0, random.nextInt(4), flag);
            case 13, 14 -> new BasicMethod.Consume(name(random), "c" + tag, flag, flag, flag, flag, Map.of());
            case 15 -> new BasicMethod.Cancel("c" + tag, flag);
            case 16 -> new BasicMethod.Get(name(random), flag);
            case 17, 18 -> new BasicMethod.Ack(tag, flag);
            case 19 -> new BasicMethod.Nack(tag, flag, random.nextBoolean());
            case 20 -> new BasicMethod.Reject(tag, flag);
            case 21 -> new BasicMethod.Recover(true);
            case 22 -> flag ? new TxMethod.Select() : new ConfirmMethod.Select(random.nextBoolean());
            case 23 -> flag ? new TxMethod.Commit() : new TxMethod.Rollback();
            case 24 -> new AccessMethod.Request("", flag, flag, flag, flag, flag);
            default -> random.nextInt(200) == 0 ? new BasicMethod.GetEmpty() : new BasicMethod.RecoverAsync(true);
        };
    }

    /** The peer goes; then nothing may be left. */
    private static void finish(TestClient client) {
        client.takeFrames().forEach(SessionFuzz::requireNoFaultOfOurs);
        client.wire.endByPeer();
        assertThat(client.escaped).isEmpty();
        RecordingLink link = client.link;
        if (link.opened) {
            assertThat(link.closed).isTrue();
            assertThat(link.calls.stream().filter("close"::equals)).hasSize(1);
        }
        List<String> settled = new ArrayList<>();
        for (String call : link.calls) {
            if (call.startsWith("settle ")) {
                settled.add(call.split(" ", -1)[1]);
            }
        }
        assertThat(settled).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(link.toBeSettled);
        assertThat(link.replyAddresses).isEmpty();
    }
}
