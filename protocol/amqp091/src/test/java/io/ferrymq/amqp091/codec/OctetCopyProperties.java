package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** A copy is a copy, whatever kinds of buffers are on its ends. */
class OctetCopyProperties {
    @Property(tries = 300)
    void appendsTheOctetsBetweenAllKindsOfBuffers(
            @ForAll @Size(min = 1, max = 200) byte[] octets,
            @ForAll @IntRange(max = 199) int from,
            @ForAll @IntRange(max = 199) int count,
            @ForAll @IntRange(max = 40) int before) {
        int offset = from % octets.length;
        int length = count % (octets.length - offset + 1);
        byte[] expected = new byte[before + length];
        System.arraycopy(octets, offset, expected, before, length);
        for (ByteBuf source : sources(octets)) {
            for (ByteBuf target : targets()) {
                target.writeZero(before);
                OctetCopy.append(target, source, offset, length);
                assertThat(ByteBufUtil.getBytes(target)).isEqualTo(expected);
                target.release();
            }
            assertThat(source.readableBytes()).isEqualTo(octets.length);
            source.release();
        }
    }

    private static List<ByteBuf> sources(byte[] octets) {
        ByteBuf direct = Unpooled.directBuffer().writeBytes(octets);
        int half = octets.length / 2;
        return List.of(
                Unpooled.copiedBuffer(octets),
                direct,
                PooledByteBufAllocator.DEFAULT.directBuffer().writeBytes(octets),
                PooledByteBufAllocator.DEFAULT.heapBuffer().writeBytes(octets),
                Unpooled.directBuffer().writeBytes(octets).asReadOnly(),
                direct.retainedDuplicate(),
                PooledByteBufAllocator.DEFAULT
                        .directBuffer()
                        .writeZero(7)
                        .writeBytes(octets)
                        .readerIndex(7)
                        .slice(),
                Unpooled.wrappedBuffer(
                        Unpooled.directBuffer().writeBytes(octets, 0, half),
                        Unpooled.directBuffer().writeBytes(octets, half, octets.length - half)));
    }

    private static List<ByteBuf> targets() {
        return List.of(
                Unpooled.buffer(1),
                Unpooled.directBuffer(1),
                PooledByteBufAllocator.DEFAULT.directBuffer(1),
                PooledByteBufAllocator.DEFAULT.heapBuffer(1));
    }
}
