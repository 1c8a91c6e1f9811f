package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Whole sessions against octets that a fuzzer chooses by what they reach. The first octet says where the rest is split;
 * frames may be written short: see {@link #frames}.
 */
class SessionOctetsFuzz {
    private static final int FAULT_OF_OURS = 541;

    @FuzzTest
    void aHandshakeEndsInAnAnswerOrAnEnd(byte[] octets) {
        try (TestClient client = TestClient.connected()) {
            send(client, Unpooled.wrappedBuffer(octets));
            finish(client);
        }
    }

    @FuzzTest
    void aRunningSessionEndsInAnAnswerOrAnEnd(byte[] octets) {
        try (TestClient client = TestClient.running(Amqp091Options.standard().withChannelMax(3))) {
            send(client, frames(Unpooled.wrappedBuffer(octets)));
            finish(client);
        }
    }

    /**
     * Frames that are well cut, so that the fuzzer need not find out about lengths and ends: each begins with its type
     * and channel, four bits each, and the length of its payload, an octet.
     */
    private static ByteBuf frames(ByteBuf in) {
        ByteBuf out = Unpooled.buffer();
        if (in.isReadable()) {
            out.writeByte(in.readByte());
        }
        while (in.readableBytes() >= 2) {
            int head = in.readUnsignedByte();
            int length = Math.min(in.readUnsignedByte(), in.readableBytes());
            out.writeByte(head >>> 4).writeShort(head & 0xF).writeInt(length);
            out.writeBytes(in, length).writeByte(0xCE);
        }
        return out;
    }

    private static void send(TestClient client, ByteBuf octets) {
        if (!octets.isReadable()) {
            return;
        }
        int step = 1 + octets.readUnsignedByte();
        while (octets.isReadable() && !client.wire.isClosed()) {
            client.sendBytes(Unpooled.copiedBuffer(octets.readSlice(Math.min(step, octets.readableBytes()))));
            client.wire.runTasks();
        }
    }

    private static void finish(TestClient client) {
        for (TestClient.Received frame : client.takeFrames()) {
            if (frame.content() instanceof ConnectionMethod.Close close) {
                assertThat(close.replyCode()).as(close.replyText()).isNotEqualTo(FAULT_OF_OURS);
            }
        }
        client.wire.endByPeer();
        assertThat(client.escaped).isEmpty();
        assertThat(client.link.closed).isEqualTo(client.link.opened);
        assertThat(client.link.replyAddresses).isEmpty();
    }
}
