package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.LongString;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The opening of a connection, clauses 1.4 and 4.2.2. */
class HandshakeTest {
    private final TestClient client = TestClient.connected();

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void announcesRabbitMqsBehaviourAndItsOwnName() {
        client.sendHeader();
        var start = (ConnectionMethod.Start) client.take().getFirst();
        assertThat(start.mechanisms()).isEqualTo("PLAIN AMQPLAIN");
        assertThat(start.locales()).isEqualTo("en_US");
        assertThat(start.serverProperties())
                .containsEntry("product", "RabbitMQ")
                .hasEntrySatisfying(
                        "version", version -> assertThat((String) version).startsWith("4."))
                .hasEntrySatisfying(
                        "information", text -> assertThat((String) text).contains("FerryMQ"));
        assertThat((Map<?, ?>) start.serverProperties().get("capabilities"))
                .hasSize(9)
                .allSatisfy((name, value) -> assertThat(value).isEqualTo(true));
    }

    @Test
    void opensWithPlain() {
        client.sendHeader();
        client.startOk("guest", Map.of());
        client.send(0, new ConnectionMethod.TuneOk(2047, 131072, 60));
        client.send(0, new ConnectionMethod.Open("/"));
        assertThat(client.take()).element(1).isEqualTo(new ConnectionMethod.Tune(2047, 131072, 60));
    }

    @Test
    void answersEachStep() {
        client.sendHeader();
        client.take();
        client.startOk("guest", Map.of());
        assertThat(client.take()).containsExactly(new ConnectionMethod.Tune(2047, 131072, 60));
        client.send(0, new ConnectionMethod.TuneOk(10, 4096, 0));
        assertThat(client.take()).isEmpty();
        client.send(0, new ConnectionMethod.Open("/"));
        assertThat(client.take()).containsExactly(new ConnectionMethod.OpenOk());
        client.send(7, new ChannelMethod.Open());
        assertThat(client.takeFrames()).containsExactly(new TestClient.Received(7, new ChannelMethod.OpenOk()));
    }

    @Test
    void looksAtALoginThatHasToWaitWhenItsTimeHasCome() {
        client.loginDelayMillis = 500;
        client.sendHeader();
        client.take();
        client.startOk("guest", Map.of());
        client.send(0, new ConnectionMethod.TuneOk(10, 8192, 0));
        assertThat(client.take()).isEmpty();
        client.wire.advanceMillis(499);
        assertThat(client.take()).isEmpty();
        client.wire.advanceMillis(1);
        assertThat(client.take()).containsExactly(new ConnectionMethod.Tune(2047, 131072, 60));
        client.send(0, new ConnectionMethod.Open("/"));
        assertThat(client.take()).containsExactly(new ConnectionMethod.OpenOk());
    }

    @Test
    void aLoginWithoutANameHasToWaitAsWell() {
        client.loginDelayMillis = 500;
        client.sendHeader();
        client.take();
        client.send(0, TestClient.startOkWith("PLAIN", "\0\0guess", Map.of()));
        client.wire.advanceMillis(499);
        assertThat(client.wire.isClosed()).isFalse();
        client.wire.advanceMillis(1);
        assertThat(client.wire.isClosed()).isTrue();
    }

    @Test
    void refusesALoginUnseenWhoseTurnIsFarAway() {
        client.loginDelayMillis = -1;
        client.sendHeader();
        client.take();
        client.startOk("guest", Map.of());
        assertThat(client.take()).isEmpty();
        assertThat(client.wire.isClosed()).isTrue();
    }

    @Test
    void keepsNoTimerOfAConnectionThatIsGone() {
        client.run(Amqp091Options.standard());
        client.wire.endByPeer();
        assertThat(client.wire.hasAlarms()).isFalse();
    }

    @Test
    void acceptsAmqplain() {
        client.sendHeader();
        client.take();
        client.send(0, TestClient.startOkWith("AMQPLAIN", "\5LOGINS\0\0\0\5guest\10PASSWORDS\0\0\0\5guest", Map.of()));
        assertThat(client.take()).containsExactly(new ConnectionMethod.Tune(2047, 131072, 60));
    }

    @Test
    void theOctetsOfAPasswordNeedNotBeText() {
        for (String[] login : new String[][] {
            {"PLAIN", "\0guest\0p\351\377"}, {"AMQPLAIN", "\5LOGINS\0\0\0\5guest\10PASSWORDS\0\0\0\3p\351\377"}
        }) {
            try (TestClient stranger = TestClient.connected()) {
                stranger.sendHeader();
                byte[] response = login[1].getBytes(StandardCharsets.ISO_8859_1);
                stranger.send(
                        0, new ConnectionMethod.StartOk(Map.of(), login[0], LongString.copyOf(response), "en_US"));
                assertThat(stranger.password).containsExactly('p', 0xE9, 0xFF);
            }
        }
    }

    @Test
    void tellsOnlyClientsThatAskThatTheLoginIsRefused() {
        client.sendHeader();
        client.take();
        client.startOk("wrong", TestClient.ALL_CAPABILITIES);
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(
                        403,
                        "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. "
                                + "For details see the broker logfile.",
                        0,
                        0));
        assertThat(client.wire.isClosed()).isTrue();

        TestClient old = TestClient.connected();
        old.sendHeader();
        old.take();
        old.startOk("wrong", Map.of());
        assertThat(old.take()).isEmpty();
        assertThat(old.wire.isClosed()).isTrue();
    }

    @Test
    void letsNobodyInWithoutANameUnlessTheOperatorSaysWho() {
        client.sendHeader();
        client.take();
        client.send(0, TestClient.startOkWith("ANONYMOUS", "", Map.of()));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(
                        503, "COMMAND_INVALID - unknown authentication mechanism 'ANONYMOUS'", 10, 11));

        try (TestClient stranger = TestClient.connected()) {
            stranger.admitsAnonymous = true;
            stranger.sendHeader();
            var start = (ConnectionMethod.Start) stranger.take().getFirst();
            assertThat(start.mechanisms()).isEqualTo("PLAIN AMQPLAIN ANONYMOUS");
            stranger.send(0, TestClient.startOkWith("ANONYMOUS", "whoever", Map.of()));
            assertThat(stranger.take()).containsExactly(new ConnectionMethod.Tune(2047, 131072, 60));
        }
    }

    @Test
    void refusesMechanismsThatAreNotOffered() {
        client.sendHeader();
        client.take();
        client.send(0, TestClient.startOkWith("EXTERNAL", "", Map.of()));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(
                        503, "COMMAND_INVALID - unknown authentication mechanism 'EXTERNAL'", 10, 11));
    }

    @Test
    void refusesResponsesThatTheMechanismDoesNotSend() {
        client.sendHeader();
        client.take();
        client.send(0, TestClient.startOkWith("PLAIN", "guest", Map.of()));
        assertThat(client.take())
                .hasSize(1)
                .first()
                .isInstanceOfSatisfying(
                        ConnectionMethod.Close.class,
                        close -> assertThat(close.replyCode()).isEqualTo(502));
    }

    @Test
    void refusesLimitsAboveItsOwn() {
        assertTuneOkIsRefused(
                new ConnectionMethod.TuneOk(2048, 131072, 0),
                "NOT_ALLOWED - negotiated channel_max = 2048 is higher than the maximum allowed value (2047)");
        assertTuneOkIsRefused(
                new ConnectionMethod.TuneOk(2047, 131073, 0),
                "NOT_ALLOWED - negotiated frame_max = 131073 is higher than the maximum allowed value (131072)");
        assertTuneOkIsRefused(
                new ConnectionMethod.TuneOk(2047, 0, 0),
                "NOT_ALLOWED - negotiated frame_max = 0 (no limit) is higher than the maximum allowed value (131072)");
        assertTuneOkIsRefused(
                new ConnectionMethod.TuneOk(2047, 4095, 0),
                "NOT_ALLOWED - negotiated frame_max = 4095 is lower than the minimum allowed value (4096)");
    }

    private static void assertTuneOkIsRefused(ConnectionMethod.TuneOk method, String text) {
        try (TestClient client = TestClient.connected()) {
            client.sendHeader();
            client.startOk("guest", Map.of());
            client.take();
            client.send(0, method);
            assertThat(client.take()).containsExactly(new ConnectionMethod.Close(530, text, 10, 31));
        }
    }

    @Test
    void refusesUnknownVirtualHosts() {
        client.sendHeader();
        client.startOk("guest", Map.of());
        client.send(0, new ConnectionMethod.TuneOk(2047, 131072, 60));
        client.take();
        client.send(0, new ConnectionMethod.Open("nowhere"));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(530, "NOT_ALLOWED - vhost nowhere not found", 10, 40));
        assertThat(client.wire.isClosed()).isFalse();
        client.send(0, new ConnectionMethod.CloseOk());
        assertThat(client.wire.isClosed()).isTrue();
    }

    @Test
    void refusesStepsOutOfOrder_504() {
        client.sendHeader();
        client.take();
        client.send(0, new ConnectionMethod.Open("/"));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(
                        504, "CHANNEL_ERROR - unexpected method in connection state starting", 10, 40));
    }

    @Test
    void refusesChannelsBeforeTheConnectionIsOpen() {
        client.sendHeader();
        client.take();
        client.send(1, new ChannelMethod.Open());
        assertThat(client.take()).hasSize(1).first().isInstanceOf(ConnectionMethod.Close.class);
    }

    @Test
    void answersOtherProtocolsWithItsHeader_4_2_2() {
        client.sendBytes(Unpooled.copiedBuffer("HELO whatever", StandardCharsets.US_ASCII));
        assertThat(client.wire.sent()).containsExactly('A', 'M', 'Q', 'P', 0, 0, 9, 1);
        assertThat(client.wire.isClosed()).isTrue();
    }

    @Test
    void dropsClientsThatDoNotFinish() {
        client.sendHeader();
        client.wire.advanceMillis(9_999);
        assertThat(client.wire.isClosed()).isFalse();
        client.wire.advanceMillis(1);
        assertThat(client.wire.isClosed()).isTrue();
    }

    @Test
    void takesFramesThatArriveOctetByOctet() {
        client.sendHeader();
        client.take();
        var bytes = TestClient.frame(0, TestClient.startOkWith("PLAIN", "\0guest\0guest", Map.of()));
        while (bytes.isReadable()) {
            client.sendBytes(bytes.readBytes(1));
        }
        assertThat(client.take()).hasSize(1);
    }

    @Test
    void limitsFramesBeforeTuning() {
        client.sendHeader();
        client.take();
        client.sendBytes(Unpooled.buffer().writeByte(Frame.METHOD).writeShort(0).writeInt(4_097));
        assertThat(client.take())
                .hasSize(1)
                .first()
                .isInstanceOfSatisfying(
                        ConnectionMethod.Close.class,
                        close -> assertThat(List.of(close.replyCode(), close.failedClassId()))
                                .containsExactly(501, 0));
        assertThat(client.wire.isClosed()).isTrue();
    }
}
