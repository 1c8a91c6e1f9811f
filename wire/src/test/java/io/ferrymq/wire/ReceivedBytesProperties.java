package io.ferrymq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever the splits, the sizes and what the protocol keeps: the bytes arrive in order, each once. */
class ReceivedBytesProperties {
    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true, 0, 1, 8192, 9, 256, 64, false);

    @Property(tries = 300)
    void givesEveryByteOnceInOrder(
            @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 60_000) Integer> readSizes,
            @ForAll @IntRange(min = 1, max = 70_000) int frameBytes,
            @ForAll boolean readsIntoTheBuffer,
            @ForAll boolean keepsSlices) {
        UnreadBytes unread = new UnreadBytes();
        Random random = new Random(frameBytes);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        ByteArrayOutputStream consumed = new ByteArrayOutputStream();
        List<ByteBuf> kept = new ArrayList<>();
        List<byte[]> keptCopies = new ArrayList<>();
        for (int size : readSizes) {
            unread.add(allocator, read(unread, size, random, sent, readsIntoTheBuffer));
            for (ByteBuf bytes = unread.bytes(); bytes != null && bytes.readableBytes() >= frameBytes; ) {
                if (keepsSlices) {
                    kept.add(bytes.retainedSlice(bytes.readerIndex(), frameBytes));
                }
                byte[] frame = new byte[frameBytes];
                bytes.readBytes(frame);
                keptCopies.add(frame);
                consumed.writeBytes(frame);
            }
            if (random.nextBoolean()) {
                unread.trim();
            }
        }
        ByteBuf rest = unread.bytes();
        if (rest != null) {
            byte[] left = new byte[rest.readableBytes()];
            rest.readBytes(left);
            consumed.writeBytes(left);
        }
        assertThat(consumed.toByteArray()).isEqualTo(sent.toByteArray());
        for (int i = 0; i < kept.size(); i++) {
            assertThat(kept.get(i)).isEqualTo(Unpooled.wrappedBuffer(keptCopies.get(i)));
            kept.get(i).release();
        }
        unread.release();
    }

    private ByteBuf read(
            UnreadBytes unread, int size, Random random, ByteArrayOutputStream sent, boolean readsIntoTheBuffer) {
        ByteBuf target = readsIntoTheBuffer ? unread.room(allocator, size) : allocator.directBuffer(size);
        byte[] bytes = new byte[Math.min(size, target.writableBytes())];
        random.nextBytes(bytes);
        target.writeBytes(bytes);
        sent.writeBytes(bytes);
        return target;
    }
}
