package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.FrameWriter;
import io.ferrymq.amqp091.codec.LongString;
import io.ferrymq.amqp091.codec.ProtocolHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What strangers can do to the process before they have logged in. */
class HostileClientsTest {
    private static final Pattern PORT = Pattern.compile("amqp=127\\.0\\.0\\.1:(\\d+)");
    private static final String[] LOCAL = {"start", "--set", "amqp.host=127.0.0.1", "--set", "amqp.port=0"};
    private static final int SOCKETS = 300;

    @TempDir
    @SuppressWarnings("NullAway.Init") // Assigned by JUnit.
    private Path dir;

    @Test
    void moreSocketsThanDescriptorsLeaveTheBrokerItsOwnFiles() throws Exception {
        try (FerryProcess ferry = FerryProcess.startLimited(dir, "ulimit -n 256", LOCAL)) {
            int port = port(ferry);
            List<Socket> idle = new ArrayList<>();
            for (int i = 0; i < SOCKETS; i++) {
                idle.add(new Socket("127.0.0.1", port));
            }
            // The free space is looked at once a second; a checkpoint is taken at the stop.
            assertThat(idle.getLast().getInputStream().read()).isEqualTo(-1);
            assertThat(ferry.terminate().exitCode()).isZero();
            assertThat(ferry.errors())
                    .contains("limits.connections is 10000, but the process may open only 256 files and sockets")
                    .contains("connections is reached")
                    .doesNotContain("Exception", "ERROR");
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void aNameCannotForgeALineOrReachTheTerminal() throws Exception {
        try (FerryProcess ferry = FerryProcess.start(dir, LOCAL)) {
            try (Socket socket = new Socket("127.0.0.1", port(ferry))) {
                socket.getOutputStream().write(login("evil\n2026 ERROR Shard: forged\u001b[2J\u202e"));
                socket.getOutputStream().flush();
                socket.getInputStream().readAllBytes();
            }
            assertThat(ferry.terminate().exitCode()).isZero();
            assertThat(ferry.errors())
                    .contains("login of user 'evil\\n2026 ERROR Shard: forged\\u001b[2J\\u202e' refused")
                    .doesNotContain("\u001b", "\u202e", "\n2026 ERROR Shard");
        }
    }

    @Test
    void refusesALimitThatLeavesNoRoomForOneConnection() {
        assertThat(new Descriptors(1_000_000, 20))
                .extracting(one -> connections(one, 10_000))
                .isEqualTo(10_000);
        assertThat(connections(new Descriptors(1_024, 20), 10_000)).isEqualTo(1_024 - 20 - Descriptors.RESERVE);
        assertThatThrownBy(() -> new Descriptors(100, 20).connections(10))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("ulimit -n");
    }

    private static int connections(Descriptors descriptors, int wanted) {
        try {
            return descriptors.connections(wanted);
        } catch (OperatorException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] login(String user) {
        ByteBuf out = Unpooled.buffer();
        ProtocolHeader.AMQP_0_9_1.write(out);
        byte[] response = ("\0" + user + "\0x").getBytes(StandardCharsets.UTF_8);
        FrameWriter.writeMethod(
                out, 0, new ConnectionMethod.StartOk(Map.of(), "PLAIN", LongString.copyOf(response), "en_US"));
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static int port(FerryProcess ferry) throws Exception {
        String line = ferry.line();
        Matcher ready = PORT.matcher(String.valueOf(line));
        assertThat(ready.find()).as("%s; %s", line, ferry.errors()).isTrue();
        return Integer.parseInt(ready.group(1));
    }
}
