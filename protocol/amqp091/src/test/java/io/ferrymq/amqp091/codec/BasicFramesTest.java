package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The hot writers write what the records do, whose octets {@link BasicExamples} shows. */
class BasicFramesTest {
    private static final byte[] TAG = "amq.ctag-1".getBytes(StandardCharsets.UTF_8);
    private static final byte[] EXCHANGE = "amq.topic".getBytes(StandardCharsets.UTF_8);
    private static final byte[] KEY = "a.b".getBytes(StandardCharsets.UTF_8);
    private static final long DELIVERY_TAG = 0x0102030405060708L;

    private final ByteBuf address = Octets.of("09 'amq.topic' 03 'a.b'");

    @Test
    void deliversAsTheRecordDoes() {
        Method deliver = new BasicMethod.Deliver("amq.ctag-1", DELIVERY_TAG, true, "amq.topic", "a.b");

        assertWrites(out -> BasicFrames.deliver(out, 258, TAG, DELIVERY_TAG, true, address), deliver);
        assertWrites(out -> BasicFrames.deliver(out, 258, TAG, DELIVERY_TAG, true, EXCHANGE, KEY), deliver);
    }

    @Test
    void answersGetAsTheRecordDoes() {
        Method getOk = new BasicMethod.GetOk(DELIVERY_TAG, false, "amq.topic", "a.b", 4294967295L);

        assertWrites(out -> BasicFrames.getOk(out, 258, DELIVERY_TAG, false, address, 4294967295L), getOk);
        assertWrites(out -> BasicFrames.getOk(out, 258, DELIVERY_TAG, false, EXCHANGE, KEY, 4294967295L), getOk);
    }

    @Test
    void returnsAsTheRecordDoes() {
        Method returned = new BasicMethod.Return(312, "NO_ROUTE", "amq.topic", "a.b");

        assertWrites(out -> BasicFrames.returned(out, 258, ReplyCode.NO_ROUTE, address), returned);
        assertWrites(out -> BasicFrames.returned(out, 258, ReplyCode.NO_ROUTE, EXCHANGE, KEY), returned);
    }

    @Test
    void confirmsAsTheRecordsDo() {
        assertWrites(out -> BasicFrames.ack(out, 258, DELIVERY_TAG, true), new BasicMethod.Ack(DELIVERY_TAG, true));
        assertWrites(
                out -> BasicFrames.nack(out, 258, DELIVERY_TAG, true), new BasicMethod.Nack(DELIVERY_TAG, true, false));
    }

    @Test
    void refusesAShortStringOf256Octets() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BasicFrames.deliver(Unpooled.buffer(), 1, TAG, 1, false, EXCHANGE, new byte[256]));
    }

    private void assertWrites(Consumer<ByteBuf> hot, Method method) {
        ByteBuf expected = Unpooled.buffer();
        FrameWriter.writeMethod(expected, 258, method);
        ByteBuf out = Unpooled.buffer();
        hot.accept(out);

        assertThat(out).isEqualTo(expected);
        assertThat(address.readerIndex()).isZero();
    }
}
