package io.ferrymq.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A body keeps the buffer that it is a part of, so a small part of a large buffer is copied. */
final class LargeBodyTest {
    private static final int BODY_BYTES = 40 << 10;
    private static final byte TYPE = 1;

    private final TestLog log = TestLog.open(new FakeDisk(), roomy());

    LargeBodyTest() throws IOException {}

    private static LogOptions roomy() {
        return new LogOptions(0, 1 << 20, 64 << 10, 4 << 20, 4 << 20, 1 << 10, 2, 1 << 30, 60_000, 0);
    }

    private static ByteBuf readBuffer(int bytes) {
        return Unpooled.directBuffer(bytes, bytes).writeZero(bytes);
    }

    private long append(ByteBuf body, boolean durable) {
        return durable
                ? log.log.append(TYPE, Unpooled.EMPTY_BUFFER, body, 1)
                : log.log.appendTransient(TYPE, Unpooled.EMPTY_BUFFER, body, 1);
    }

    @Test
    void aSmallPartOfALargeBufferDoesNotKeepIt() {
        for (boolean durable : new boolean[] {true, false}) {
            ByteBuf buffer = readBuffer(256 << 10).setByte(100, 7);
            long sequence = append(buffer.slice(100, BODY_BYTES), durable);
            assertThat(buffer.refCnt()).isEqualTo(1);
            buffer.release();
            assertThat(log.read(sequence)).hasSize(BODY_BYTES).startsWith(7);
        }
        log.abandon();
    }

    @Test
    void whatIsMostOfItsBufferIsRetainedAndCountsAsAllOfIt() {
        for (boolean durable : new boolean[] {true, false}) {
            long before = log.log.memoryBytes();
            ByteBuf buffer = readBuffer(2 * BODY_BYTES);
            append(buffer.slice(0, BODY_BYTES), durable);
            log.flushAndSettle();
            assertThat(buffer.refCnt()).isEqualTo(2);
            assertThat(log.log.memoryBytes() - before).isGreaterThanOrEqualTo(buffer.capacity());
            buffer.release();
        }
        log.abandon();
    }

    @Test
    void whatIsOnTheHeapIsCopiedOffIt() {
        for (boolean durable : new boolean[] {true, false}) {
            ByteBuf onHeap = Unpooled.buffer(BODY_BYTES, BODY_BYTES).writeZero(BODY_BYTES);
            ByteBuf mixed = Unpooled.wrappedBuffer(readBuffer(BODY_BYTES), onHeap.retainedSlice());
            for (ByteBuf body : List.of(onHeap, mixed)) {
                long sequence = append(body, durable);
                assertThat(body.refCnt()).isEqualTo(body == mixed ? 1 : 2);
                onHeap.setByte(BODY_BYTES - 1, 7);
                assertThat(log.read(sequence)).hasSize(body.readableBytes()).endsWith(0);
                onHeap.setByte(BODY_BYTES - 1, 0);
            }
            mixed.release();
            onHeap.release();
        }
        log.abandon();
    }

    @Test
    void ofABodyInPartsEachBufferCountsOnce() {
        ByteBuf first = readBuffer(3 * BODY_BYTES);
        ByteBuf second = readBuffer(2 * BODY_BYTES);
        CompositeByteBuf body = Unpooled.compositeBuffer(Integer.MAX_VALUE);
        body.addComponent(true, first.retainedSlice(0, BODY_BYTES));
        body.addComponent(true, first.retainedSlice(2 * BODY_BYTES, BODY_BYTES));
        body.addComponent(true, second.retainedSlice(0, BODY_BYTES));
        assertThat(LargeBody.memoryBytes(body)).isEqualTo(5 * BODY_BYTES);
        assertThat(LargeBody.memoryBytes(body.slice(10, 20))).isEqualTo(5 * BODY_BYTES);
        append(body, true);
        assertThat(first.refCnt()).isEqualTo(3);
        append(body.slice(0, BODY_BYTES), true);
        assertThat(body.refCnt()).as("one for the first record alone").isEqualTo(2);
        body.release();
        first.release();
        second.release();
        log.abandon();
    }
}
