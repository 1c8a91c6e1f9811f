package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.Amqp091;
import io.ferrymq.amqp091.Amqp091Format;
import io.ferrymq.amqp091.Amqp091Options;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.FrameReader;
import io.ferrymq.amqp091.codec.FrameWriter;
import io.ferrymq.amqp091.codec.LongString;
import io.ferrymq.amqp091.codec.Method;
import io.ferrymq.amqp091.codec.ProtocolHeader;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.log.FakeDisk;
import io.ferrymq.wire.EmbeddedConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Two AMQP clients of one broker that is cranked by hand. They do what a script says, and by themselves only what keeps
 * them in the game: they log in, and open again the channel that was closed and the connection that was lost.
 */
final class ScriptedClients {
    private static final int CLIENTS = 2;
    private static final int CHANNELS = 3;
    private static final int FAULT_OF_OURS = 541;
    private static final int METHOD_ID_BYTES = 4;
    private static final Amqp091Options OPTIONS =
            Amqp091Options.standard().withChannelMax(CHANNELS).withHeartbeatSeconds(0);

    private final Random chance = new Random(1);
    private final List<EmbeddedConnection> wires = new ArrayList<>();
    private final List<ByteBuf> unread = new ArrayList<>();
    private World world = World.open(new FakeDisk(), 1_000_000, Amqp091Format.INSTANCE);
    private int turn;

    ScriptedClients() throws IOException {
        for (int i = 0; i < CLIENTS; i++) {
            wires.add(connected());
            unread.add(Unpooled.buffer());
        }
        for (int i = 0; i < CLIENTS; i++) {
            logIn(i);
        }
    }

    private EmbeddedConnection connected() {
        BrokerDoor door = new BrokerDoor(world.broker, Optional.empty(), new LoginPace(world.lane::nowMillis));
        return EmbeddedConnection.open(new Amqp091(OPTIONS, door, chance));
    }

    private void logIn(int client) {
        ByteBuf header = Unpooled.buffer();
        ProtocolHeader.AMQP_0_9_1.write(header);
        receive(client, header);
        LongString response = LongString.copyOf("\0guest\0guest".getBytes(StandardCharsets.UTF_8));
        Map<String, Object> capabilities = Map.of("consumer_cancel_notify", true, "connection.blocked", true);
        receive(client, 0, new ConnectionMethod.StartOk(Map.of("capabilities", capabilities), "PLAIN", response, "en"));
        receive(client, 0, new ConnectionMethod.TuneOk(CHANNELS, OPTIONS.frameMaxBytes(), 0));
        receive(client, 0, new ConnectionMethod.Open("/"));
        for (int channel = 1; channel <= CHANNELS; channel++) {
            receive(client, channel, new ChannelMethod.Open());
        }
        settle();
    }

    private void receive(int client, int channel, Method method) {
        ByteBuf frame = Unpooled.buffer();
        FrameWriter.writeMethod(frame, channel, method);
        receive(client, frame);
    }

    /** One that is closed takes nothing more. */
    private void receive(int client, ByteBuf frame) {
        if (!wires.get(client).isClosed()) {
            wires.get(client).receive(frame);
        }
    }

    // ---- what a script says ----

    void send(int type, int channel, ByteBuf payload) {
        ByteBuf frame = Unpooled.buffer();
        frame.writeByte(type).writeShort(channel).writeInt(payload.readableBytes());
        frame.writeBytes(payload).writeByte(Frame.END);
        receive(turn, frame);
        settle();
    }

    void pass(long millis) {
        world.pass(millis);
        wires.forEach(wire -> wire.advanceMillis(millis));
        settle();
    }

    void takeTurns() {
        turn = (turn + 1) % CLIENTS;
    }

    void lose() {
        wires.get(turn).endByPeer();
        settle();
    }

    void restart(boolean cleanly) throws IOException {
        long nowMillis = world.lane.nowMillis();
        if (cleanly) {
            wires.forEach(EmbeddedConnection::endByPeer);
            world.settle();
            world.stop();
            requireSound();
            world = World.open(world.disk, nowMillis, Amqp091Format.INSTANCE);
        } else {
            FakeDisk found = world.disk.afterPowerLoss(chance);
            wires.forEach(EmbeddedConnection::endByPeer);
            requireSound();
            world.abandon();
            world = World.open(found, nowMillis, Amqp091Format.INSTANCE);
        }
        settle();
    }

    /** Everybody goes, and the broker starts once more. */
    void end() throws IOException {
        restart(true);
        pass(1_100);
        wires.forEach(EmbeddedConnection::close);
        world.settle();
        world.stop();
        requireSound();
    }

    // ---- what the broker does ----

    private void settle() {
        world.settle();
        for (int i = 0; i < CLIENTS; i++) {
            wires.get(i).runTasks();
            answer(i);
        }
        world.settle();
        requireSound();
    }

    private void requireSound() {
        assertThat(world.lane.breaks).isEmpty();
        assertThat(world.failures).isEmpty();
    }

    private void answer(int client) {
        ByteBuf in = unread.get(client);
        in.discardReadBytes().writeBytes(wires.get(client).sent());
        FrameReader reader = new FrameReader(OPTIONS.frameMaxBytes());
        while (reader.next(in) == FrameReader.Result.FRAME) {
            if (reader.type() == Frame.METHOD && reader.payloadLength() >= METHOD_ID_BYTES) {
                answer(client, reader.channel(), in.slice(reader.payloadOffset(), reader.payloadLength()));
            }
        }
        if (wires.get(client).isClosed()) {
            wires.get(client).close();
            wires.set(client, connected());
            in.clear();
            logIn(client);
        }
    }

    private void answer(int client, int channel, ByteBuf payload) {
        int id = payload.getInt(payload.readerIndex());
        if (id == ChannelMethod.Close.ID) {
            requireTheirFault(((ChannelMethod.Close) Method.decode(payload)).replyCode(), payload);
            receive(client, channel, new ChannelMethod.CloseOk());
            receive(client, channel, new ChannelMethod.Open());
        } else if (id == ConnectionMethod.Close.ID) {
            requireTheirFault(((ConnectionMethod.Close) Method.decode(payload)).replyCode(), payload);
            receive(client, 0, new ConnectionMethod.CloseOk());
        }
    }

    private static void requireTheirFault(int replyCode, ByteBuf payload) {
        assertThat(replyCode).as(payload.toString(StandardCharsets.UTF_8)).isNotEqualTo(FAULT_OF_OURS);
    }
}
