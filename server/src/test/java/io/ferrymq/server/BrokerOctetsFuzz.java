package io.ferrymq.server;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.slf4j.event.Level;

/**
 * A whole broker, from the bytes of its clients to its disk, against octets that a fuzzer chooses: whatever clients send
 * and whenever the power is lost, it goes on, has no fault of its own to tell of, and starts again.
 *
 * <p>The octets are a script. Each step begins with two octets, four bits for what to do, four for where, and a length;
 * then come as many octets.
 *
 * <pre>
 *  0       time passes: the length in milliseconds, or in minutes on an odd place
 *  1 to 3  a frame of that type on the channel of that number; the octets are its payload
 *  4       the other client goes on
 *  5       the client's connection is lost
 *  6       the power is lost, on an odd place; else the broker stops. It starts again
 *  else    a frame of that type
 * </pre>
 */
class BrokerOctetsFuzz {
    private static final int STEP_BYTES = 2;

    @BeforeAll
    static void beQuiet() {
        StandardErrorLogging.setLevel(Level.ERROR);
    }

    @AfterAll
    static void speakAgain() {
        StandardErrorLogging.setLevel(Level.INFO);
    }

    @FuzzTest
    void aBrokerOutlivesItsClients(byte[] octets) throws IOException {
        ByteBuf script = Unpooled.wrappedBuffer(octets);
        ScriptedClients clients = new ScriptedClients();
        while (script.readableBytes() >= STEP_BYTES) {
            int head = script.readUnsignedByte();
            int length = script.readUnsignedByte();
            int place = head & 0xF;
            switch (head >>> 4) {
                case 0 -> clients.pass(place % 2 == 0 ? length : length * 60_000L);
                case 4 -> clients.takeTurns();
                case 5 -> clients.lose();
                case 6 -> clients.restart(place % 2 == 0);
                default -> clients.send(head >>> 4, place, script.readSlice(Math.min(length, script.readableBytes())));
            }
        }
        clients.end();
    }
}
