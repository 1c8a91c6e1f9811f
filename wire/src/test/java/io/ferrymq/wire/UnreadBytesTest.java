package io.ferrymq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnreadBytesTest {
    private final ByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final UnreadBytes unread = new UnreadBytes();

    @AfterEach
    void release() {
        unread.release();
    }

    @Test
    void readsBehindTheRemainderWithoutMovingIt() {
        ByteBuf first = read(100_000, 10);
        consume(4);
        ByteBuf second = read(100_000, 10);
        assertThat(second).isSameAs(first);
        assertThat(unread.count()).isEqualTo(16);
    }

    @Test
    void usesTheWholeBufferAgainWhenNothingIsLeft() {
        ByteBuf first = read(50_000, 50_000);
        consume(50_000);
        ByteBuf second = read(50_000, 50_000);
        assertThat(second).isSameAs(first);
        assertThat(second.capacity()).isEqualTo(50_000);
    }

    @Test
    void takesALargerBufferWhenMoreIsWanted() {
        ByteBuf first = read(20_000, 20_000);
        consume(20_000);
        assertThat(read(200_000, 1)).isNotSameAs(first);
    }

    @Test
    void leavesABufferAloneOfWhichASliceIsKept() {
        ByteBuf first = read(20_000, 20_000);
        ByteBuf kept = first.retainedSlice(0, 20_000);
        consume(20_000);
        assertThat(read(20_000, 20_000)).isNotSameAs(first);
        assertThat(kept.refCnt()).isEqualTo(1);
        kept.release();
    }

    @Test
    void holdsNoBufferWhenIdle() {
        ByteBuf buffer = read(20_000, 5);
        consume(5);
        unread.trim();
        assertThat(buffer.refCnt()).isZero();
    }

    private ByteBuf read(int wantedBytes, int arrivedBytes) {
        ByteBuf target = unread.room(allocator, wantedBytes);
        target.writeZero(arrivedBytes);
        unread.add(allocator, target);
        return target;
    }

    private void consume(int byteCount) {
        ByteBuf bytes = unread.bytes();
        assertThat(bytes).isNotNull();
        if (bytes != null) {
            bytes.skipBytes(byteCount);
        }
    }
}
