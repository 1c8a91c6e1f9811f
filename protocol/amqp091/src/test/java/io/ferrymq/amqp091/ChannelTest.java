package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.AccessMethod;
import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.ExchangeMethod;
import io.ferrymq.amqp091.codec.Frame;
import io.ferrymq.amqp091.codec.Method;
import io.ferrymq.amqp091.codec.QueueMethod;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Channels: opening, errors, end (clause 1.5). */
class ChannelTest {
    private final TestClient client = TestClient.running();

    private static final QueueMethod.Declare PASSIVE =
            new QueueMethod.Declare("q", true, false, false, false, false, Map.of());

    private void assertConnectionCloses(int code, String text, Method method) {
        assertThat(client.takeFrames())
                .containsExactly(new TestClient.Received(
                        0, new ConnectionMethod.Close(code, text, method.classId(), method.methodId())));
        assertThat(client.link.closed).isTrue();
        client.send(0, new ConnectionMethod.CloseOk());
        assertThat(client.wire.isClosed()).isTrue();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void opensOnceOnly_504() {
        client.send(1, new ChannelMethod.Open());
        assertConnectionCloses(504, "CHANNEL_ERROR - second 'channel.open' seen", new ChannelMethod.Open());
    }

    @Test
    void refusesMethodsOnChannelsThatAreNotOpen_504() {
        client.send(2, PASSIVE);
        assertConnectionCloses(504, "CHANNEL_ERROR - expected 'channel.open'", PASSIVE);
    }

    @Test
    void countsOpenChannelsAndNotTheirNumbers() {
        try (TestClient two = TestClient.running(Amqp091Options.standard().withChannelMax(2))) {
            two.send(65_535, new ChannelMethod.Open());
            assertThat(two.take()).containsExactly(new ChannelMethod.OpenOk());
            two.send(3, new ChannelMethod.Open());
            assertThat(two.take())
                    .containsExactly(new ConnectionMethod.Close(
                            530,
                            "NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (2)",
                            20,
                            10));
        }
    }

    @Test
    void endsAloneOnASoftError() {
        client.link.nextRefusal = new Refusal.NotFound(Resource.queue("q", "/"));
        client.send(1, PASSIVE);
        assertThat(client.takeFrames())
                .containsExactly(new TestClient.Received(
                        1, new ChannelMethod.Close(404, "NOT_FOUND - no queue 'q' in vhost '/'", 50, 10)));
        assertThat(client.link.closed).isFalse();
    }

    @Test
    void discardsEverythingAfterItsCloseUntilCloseOk_1_5_2_5() {
        client.link.nextRefusal = new Refusal.NotFound(Resource.queue("q", "/"));
        client.send(1, PASSIVE);
        client.take();
        client.publish("k", "body");
        client.send(1, PASSIVE);
        client.send(1, new ChannelMethod.Open());
        assertThat(client.take()).isEmpty();
        assertThat(client.link.takeCalls()).isEmpty();
        client.send(1, new ChannelMethod.CloseOk());
        client.send(1, new ChannelMethod.Open());
        assertThat(client.take()).containsExactly(new ChannelMethod.OpenOk());
    }

    @Test
    void answersAClientsCloseThatCrossesItsOwn() {
        client.link.nextRefusal = new Refusal.NotFound(Resource.queue("q", "/"));
        client.send(1, PASSIVE);
        client.take();
        client.send(1, new ChannelMethod.Close(200, "bye", 0, 0));
        assertThat(client.take()).containsExactly(new ChannelMethod.CloseOk());
        client.send(1, new ChannelMethod.CloseOk());
        client.send(1, new ChannelMethod.Open());
        assertThat(client.take()).containsExactly(new ChannelMethod.OpenOk());
    }

    @Test
    void closesAndOpensAgainUnderTheSameNumber() {
        client.send(1, new ChannelMethod.Close(200, "bye", 0, 0));
        client.send(1, new ChannelMethod.Open());
        assertThat(client.take()).containsExactly(new ChannelMethod.CloseOk(), new ChannelMethod.OpenOk());
    }

    @Test
    void grantsFlowAndAccess() {
        client.send(1, new ChannelMethod.Flow(true));
        client.send(1, new AccessMethod.Request("/data", false, false, true, true, true));
        assertThat(client.take()).containsExactly(new ChannelMethod.FlowOk(true), new AccessMethod.RequestOk(1));
    }

    @Test
    void doesNotStopOnFlow_540() {
        Method flow = new ChannelMethod.Flow(false);
        client.send(1, flow);
        assertConnectionCloses(540, "NOT_IMPLEMENTED - active=false", flow);
    }

    @Test
    void refusesMethodsThatServersSend_503() {
        Method ok = new BasicMethod.QosOk();
        client.send(1, ok);
        assertConnectionCloses(503, "COMMAND_INVALID - unimplemented method", ok);
    }

    @Test
    void refusesChannelMethodsOnChannel0_504() {
        client.send(0, PASSIVE);
        assertConnectionCloses(504, "CHANNEL_ERROR - unexpected method in connection state running", PASSIVE);
    }

    @Test
    void refusesContentOnChannel0_505() {
        client.sendBytes(TestClient.bodyFrame(0, "x"));
        assertThat(client.take())
                .hasSize(1)
                .first()
                .isInstanceOfSatisfying(
                        ConnectionMethod.Close.class,
                        close -> assertThat(close.replyCode()).isEqualTo(505));
    }

    @Test
    void refusesContentWithoutAMethod_505() {
        client.sendBytes(TestClient.headerFrame(1, BasicProperties.NONE, 1));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(
                        505, "UNEXPECTED_FRAME - expected method frame, got non method frame instead", 60, 40));
    }

    @Test
    void refusesAHeaderOfAnotherClassThanItsMethods_505() {
        client.send(1, new BasicMethod.Publish("ex", "k", false, false));
        ByteBuf header =
                Unpooled.buffer().writeShort(50).writeShort(0).writeLong(0).writeShort(0);
        client.sendBytes(TestClient.frame(Frame.HEADER, 1, header));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(
                        505,
                        "UNEXPECTED_FRAME - expected content header for class 60, got one for class 50 instead",
                        60,
                        40));
    }

    @Test
    void refusesAHeartbeatOnAChannel_505() {
        client.sendBytes(TestClient.frame(Frame.HEARTBEAT, 1, Unpooled.EMPTY_BUFFER));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(505, "UNEXPECTED_FRAME - type 8, all octets = <<>>", 0, 0));
    }

    @Test
    void refusesAMethodInsideAMessage_505() {
        BasicMethod.Publish publish = new BasicMethod.Publish("ex", "k", false, false);
        client.send(1, publish);
        client.send(1, publish);
        assertThat(client.take())
                .hasSize(1)
                .first()
                .isInstanceOfSatisfying(
                        ConnectionMethod.Close.class,
                        close -> assertThat(close.replyText())
                                .isEqualTo("UNEXPECTED_FRAME - expected content header for class 60, "
                                        + "got non content header frame instead"));
    }

    @Test
    void keepsOtherChannelsApartFromAnUnfinishedMessage() {
        client.send(2, new ChannelMethod.Open());
        client.send(1, new BasicMethod.Publish("ex", "one", false, false));
        client.send(2, new BasicMethod.Publish("ex", "two", false, false));
        client.sendBytes(TestClient.headerFrame(2, BasicProperties.NONE, 3));
        client.sendBytes(TestClient.headerFrame(1, BasicProperties.NONE, 2));
        client.sendBytes(TestClient.bodyFrame(2, "two"));
        client.sendBytes(TestClient.bodyFrame(1, "1."));
        assertThat(client.link.takeCalls()).containsExactly("publish ex two two", "publish ex one 1.");
    }

    @Test
    void endsTheConnectionOnUndecodableMethods() {
        client.sendBytes(TestClient.frame(
                1, 1, io.netty.buffer.Unpooled.buffer().writeShort(60).writeShort(999)));
        assertThat(client.take())
                .containsExactly(
                        new ConnectionMethod.Close(503, "COMMAND_INVALID - unknown method 999 of class 60", 60, 999));
    }

    @Test
    void stopsWith320AndReleasesEverythingAtOnce() {
        client.wire.shutdown();
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(
                        320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'", 0, 0));
        assertThat(client.link.closed).isTrue();
        client.publish("k", "too late");
        assertThat(client.link.takeCalls()).containsExactly("close");
        client.send(0, new ConnectionMethod.CloseOk());
        assertThat(client.wire.isClosed()).isTrue();
    }

    @Test
    void doesNotWaitForCloseOkForEver() {
        client.link.listener.closing("closed by the operator");
        client.wire.advanceMillis(9_999);
        assertThat(client.wire.isClosed()).isFalse();
        client.wire.advanceMillis(1);
        assertThat(client.wire.isClosed()).isTrue();
    }

    @Test
    void answersTheClientsCloseAndReleasesEverything() {
        client.send(0, new ConnectionMethod.Close(200, "bye", 0, 0));
        assertThat(client.take()).containsExactly(new ConnectionMethod.CloseOk());
        assertThat(client.link.closed).isTrue();
    }

    @Test
    void releasesEverythingWhenThePeerIsGone() {
        client.wire.endByPeer();
        assertThat(client.link.takeCalls()).containsExactly("close");
    }

    @Test
    void acceptsANewSecret() {
        client.send(
                0,
                new ConnectionMethod.UpdateSecret(
                        io.ferrymq.amqp091.codec.LongString.copyOf(new byte[] {1}), "renewed"));
        assertThat(client.take()).containsExactly(new ConnectionMethod.UpdateSecretOk());
    }

    @Test
    void forgivesFramesThatAreLargerByTheirOverhead() {
        var body = "x".repeat(131_072);
        client.publish("k", body);
        assertThat(client.link.bodySizes).containsExactly(131_072);
    }

    @Test
    void refusesLargerFrames_501() {
        client.sendBytes(
                io.netty.buffer.Unpooled.buffer().writeByte(3).writeShort(1).writeInt(131_073));
        assertThat(client.take())
                .hasSize(1)
                .first()
                .isInstanceOfSatisfying(
                        ConnectionMethod.Close.class,
                        close -> assertThat(close.replyCode()).isEqualTo(501));
        assertThat(client.wire.isClosed()).isTrue();
    }

    @Test
    void answersInOrderAlthoughAnswersWaitForTheDisk() {
        client.link.durable = 0;
        client.send(1, new ExchangeMethod.Declare("ex", "topic", false, true, false, false, false, Map.of()));
        client.send(1, PASSIVE);
        assertThat(client.take()).isEmpty();
        assertThat(client.link.takeCalls()).containsExactly("declareExchange ex TOPIC {}");
        client.link.makeDurable(1);
        client.wire.runTasks();
        assertThat(client.take()).containsExactly(new ExchangeMethod.DeclareOk(), new QueueMethod.DeclareOk("q", 7, 2));
    }
}
