package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.BasicProperty;
import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.ConfirmMethod;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.message.Publication;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Publishing (clauses 1.8.3.7 and 4.2.6). */
class PublishTest {
    private final TestClient client = TestClient.running();
    private static final BasicMethod.Publish PUBLISH = new BasicMethod.Publish("ex", "k", false, false);

    private static ByteBuf properties(PropertyEditor editor) {
        ByteBuf list = Unpooled.buffer();
        editor.write(list);
        return list;
    }

    private static PropertyEditor editor() {
        return PropertyEditor.empty();
    }

    private void assertChannelCloses(int code, String text) {
        assertThat(client.take()).containsExactly(new ChannelMethod.Close(code, text, 60, 40));
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void publishesAMessageFromOneReadBuffer() {
        client.publish("k", "hello");
        client.publish("k", "world");
        assertThat(client.link.takeCalls()).containsExactly("publish ex k hello", "publish ex k world");
    }

    @Test
    void publishesEmptyMessages() {
        client.sendBytes(TestClient.message(1, PUBLISH, BasicProperties.NONE));
        assertThat(client.link.takeCalls()).containsExactly("publish ex k ");
    }

    @Test
    void publishesTheSameMessageHoweverItsBytesAreSplit() {
        ByteBuf list = properties(editor().header("h", "v").deliveryMode(2));
        ByteBuf bytes = TestClient.message(1, PUBLISH, list, "first part, ", "", "second");
        for (int split = 1; split < bytes.readableBytes(); split++) {
            client.sendBytes(bytes.copy(0, split));
            client.sendBytes(bytes.copy(split, bytes.readableBytes() - split));
            assertThat(client.link.takeCalls()).containsExactly("publish ex k first part, second");
            assertThat(client.link.lastHeaders).isEqualTo("{h=v}");
            assertThat(client.link.lastTerms).startsWith("persistent");
        }
    }

    @Test
    void gathersLargeBodies() {
        String part = "x".repeat(100_000);
        client.sendBytes(TestClient.message(1, PUBLISH, BasicProperties.NONE, part, "y", part, "z".repeat(2_000)));
        assertThat(client.link.bodySizes).containsExactly(202_001);
        assertThat(client.link.takeCalls()).containsExactly("publish ex k " + part + "y" + part + "z".repeat(2_000));
    }

    @Test
    void gathersLargeFramesThatArriveInPieces() {
        String part = "0123456789".repeat(10_000);
        ByteBuf bytes = TestClient.message(1, PUBLISH, BasicProperties.NONE, part, part);
        for (int pieceBytes : new int[] {1_000, 16_400, 40_000, 99_999}) {
            ByteBuf rest = bytes.duplicate();
            while (rest.isReadable()) {
                client.sendBytes(rest.readBytes(Math.min(pieceBytes, rest.readableBytes())));
            }
            assertThat(client.link.takeCalls()).containsExactly("publish ex k " + part + part);
        }
    }

    @Test
    void takesTermsFromTheProperties() {
        client.publish(
                "k", "b", properties(editor().deliveryMode(2).priority(9).text(BasicProperty.EXPIRATION, "60000")));
        assertThat(client.link.lastTerms).isEqualTo("persistent priority 9 expiration 60000 keys []");
        client.publish("k", "b");
        assertThat(client.link.lastTerms).isEqualTo("transient priority 0 expiration -1 keys []");
    }

    @Test
    void routesCopiesAndKeepsSecretOnesSecret() {
        client.publish(
                "k",
                "b",
                properties(editor().header("CC", List.of("a", "b"))
                        .header("BCC", List.of("c"))
                        .header("h", 1)));
        assertThat(client.link.lastTerms).endsWith("keys [a, b, c]");
        assertThat(client.link.lastHeaders).isEqualTo("{CC=[a, b], h=1}");
    }

    @Test
    void refusesCopiesThatAreNoList_406() {
        client.publish("k", "b", properties(editor().header("CC", "a")));
        assertChannelCloses(406, "PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,\"CC\",longstr}");
    }

    @Test
    void refusesKeysOfCopiesThatNothingCanBeBoundWith_406() {
        client.publish("k", "b", properties(editor().header("CC", List.of("k".repeat(255)))));
        assertThat(client.link.takeCalls()).hasSize(1);
        client.publish("k", "b", properties(editor().header("BCC", List.of("k".repeat(256)))));
        assertChannelCloses(406, "PRECONDITION_FAILED - a routing key in CC or BCC of 256 octets, at most 255");
    }

    @Test
    void refusesMoreWordsInKeysOfCopiesThanCanBeMatchedAtOnce_406() {
        List<String> keys = Collections.nCopies(1_024, "a.b.c.d");
        client.publish("k", "b", properties(editor().header("CC", keys)));
        assertThat(client.link.takeCalls()).hasSize(1);
        client.publish("k", "b", properties(editor().header("CC", keys).header("BCC", List.of("a"))));
        assertChannelCloses(406, "PRECONDITION_FAILED - routing keys in CC and BCC of 4097 words in all, at most 4096");
    }

    @Test
    void refusesExpirationsThatAreNoNumber_406() {
        client.publish("k", "b", properties(editor().text(BasicProperty.EXPIRATION, "soon")));
        assertChannelCloses(406, "PRECONDITION_FAILED - invalid expiration 'soon': no_integer");
    }

    @Test
    void refusesAnotherUsersName_406() {
        client.publish("k", "b", properties(editor().text(BasicProperty.USER_ID, "root")));
        assertChannelCloses(
                406, "PRECONDITION_FAILED - user_id property set to 'root' but authenticated user was 'guest'");
    }

    @Test
    void acceptsTheUsersOwnName() {
        client.publish("k", "b", properties(editor().text(BasicProperty.USER_ID, "guest")));
        assertThat(client.link.takeCalls()).hasSize(1);
    }

    @Test
    void letsImpersonatorsNameAnyUser() {
        TestClient impersonator = TestClient.connected();
        impersonator.identity = new Identity("guest", Set.of("impersonator"));
        impersonator.run(Amqp091Options.standard());
        impersonator.publish("k", "b", properties(editor().text(BasicProperty.USER_ID, "root")));
        assertThat(impersonator.link.takeCalls()).hasSize(1);
    }

    @Test
    void refusesImmediate_540() {
        client.send(1, new BasicMethod.Publish("ex", "k", false, true));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(540, "NOT_IMPLEMENTED - immediate=true", 60, 40));
    }

    @Test
    void refusesTooLargeMessagesBeforeTheyAreSent_406() {
        try (TestClient small = TestClient.running(Amqp091Options.standard().withMessageBytesMax(1_000))) {
            small.sendBytes(TestClient.message(1, PUBLISH, BasicProperties.NONE, "x".repeat(1_001)));
            assertThat(small.take())
                    .containsExactly(new ChannelMethod.Close(
                            406,
                            "PRECONDITION_FAILED - message size 1001 is larger than configured max size 1000",
                            60,
                            40));
            assertThat(small.link.takeCalls()).isEmpty();
        }
    }

    @Test
    void refusesMoreBodyThanAnnounced_501() {
        client.send(1, PUBLISH);
        client.sendBytes(TestClient.headerFrame(1, BasicProperties.NONE, 3));
        client.sendBytes(TestClient.bodyFrame(1, "four"));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Close(
                        501, "FRAME_ERROR - content body of 4 octets or more, 3 announced", 60, 40));
    }

    @Test
    void limitsUnfinishedMessages_506() {
        Amqp091Options options = Amqp091Options.standard().withMessageBytesMax(100_000);
        try (TestClient small = TestClient.running(options)) {
            for (int channel = 2; channel <= 8; channel++) {
                small.send(channel, new ChannelMethod.Open());
                small.send(channel, PUBLISH);
                small.sendBytes(TestClient.headerFrame(channel, BasicProperties.NONE, 100_000));
                small.sendBytes(TestClient.bodyFrame(channel, "x".repeat(99_000)));
            }
            assertThat(small.take())
                    .last()
                    .isInstanceOfSatisfying(
                            ConnectionMethod.Close.class,
                            close -> assertThat(close.replyCode()).isEqualTo(506));
        }
    }

    @Test
    void closesTheChannelWhenTheExchangeIsMissing_404() {
        client.link.nextRefusal = new Refusal.NotFound(Resource.exchange("ex", "/"));
        client.publish("k", "b");
        assertChannelCloses(404, "NOT_FOUND - no exchange 'ex' in vhost '/'");
    }

    @Test
    void returnsAnUnroutedMandatoryMessageBeforeItsConfirm() {
        client.link.outcome = Publication.Outcome.UNROUTED;
        client.send(1, new ConfirmMethod.Select(false));
        client.take();
        client.sendBytes(
                TestClient.message(1, new BasicMethod.Publish("ex", "k", true, false), BasicProperties.NONE, "back"));
        List<Object> frames = client.take();
        assertThat(frames).hasSize(4);
        assertThat(frames.get(0)).isEqualTo(new BasicMethod.Return(312, "NO_ROUTE", "ex", "k"));
        assertThat(frames.get(2)).isEqualTo("back");
        assertThat(frames.get(3)).isEqualTo(new BasicMethod.Ack(1, false));
    }

    @Test
    void saysNothingAboutUnroutedMessagesOtherwise() {
        client.link.outcome = Publication.Outcome.UNROUTED;
        client.publish("k", "b");
        assertThat(client.take()).isEmpty();
    }

    @Test
    void waitsForTheLogWhenItLagsBehind() {
        client.link.congested = true;
        client.publish("k", "one");
        client.publish("k", "two");
        assertThat(client.link.takeCalls()).containsExactly("publish ex k one");
        client.link.congested = false;
        client.link.listener.relieved();
        client.wire.runTasks();
        assertThat(client.link.takeCalls()).containsExactly("publish ex k two");
    }

    @Test
    void blocksPublishersAndNobodyElseInAnAlarm() {
        client.link.blockedReason = "low on memory";
        client.link.listener.blocked("low on memory");
        client.send(1, new BasicMethod.Qos(0, 1, false));
        assertThat(client.take()).containsExactly(new BasicMethod.QosOk());
        client.publish("k", "one");
        client.publish("k", "two");
        assertThat(client.take()).containsExactly(new ConnectionMethod.Blocked("low on memory"));
        assertThat(client.link.takeCalls()).containsExactly("publish ex k one");
        client.link.blockedReason = null;
        client.link.listener.unblocked();
        client.wire.runTasks();
        assertThat(client.take()).containsExactly(new ConnectionMethod.Unblocked());
        assertThat(client.link.takeCalls()).containsExactly("publish ex k two");
    }

    @Test
    void takesInAnAlarmWhatComesBeforeTheNextPublish() {
        client.link.blockedReason = "low on memory";
        client.publish("k", "one");
        client.send(1, new BasicMethod.Qos(0, 1, false));
        assertThat(client.take())
                .containsExactly(new ConnectionMethod.Blocked("low on memory"), new BasicMethod.QosOk());
        client.publish("k", "two");
        client.send(1, new BasicMethod.Qos(0, 2, false));
        assertThat(client.take()).isEmpty();
        assertThat(client.link.takeCalls()).containsExactly("publish ex k one");
        client.link.blockedReason = null;
        client.link.listener.unblocked();
        client.wire.runTasks();
        assertThat(client.take()).containsExactly(new ConnectionMethod.Unblocked(), new BasicMethod.QosOk());
        assertThat(client.link.takeCalls()).containsExactly("publish ex k two");
    }

    @Test
    void whenMessagesFillTheMemoryTheFirstOneWaitsToo() {
        client.link.messagesFull = true;
        client.link.blockedReason = "low on memory";
        client.publish("k", "one");
        assertThat(client.link.takeCalls()).isEmpty();
        assertThat(client.take()).containsExactly(new ConnectionMethod.Blocked("low on memory"));
        client.link.messagesFull = false;
        client.link.blockedReason = null;
        client.link.listener.unblocked();
        client.wire.runTasks();
        assertThat(client.link.takeCalls()).containsExactly("publish ex k one");
        assertThat(client.take()).containsExactly(new ConnectionMethod.Unblocked());
    }
}
