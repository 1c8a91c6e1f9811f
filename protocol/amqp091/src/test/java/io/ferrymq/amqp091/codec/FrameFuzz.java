package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.FrameReader.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FrameFuzz {
    private static final int ROUNDS = 50_000;
    private static final int FRAME_MAX = 64;

    private final long seed = Mutations.seed();
    private final Mutations mutations = new Mutations(seed);

    @Test
    void neverWantsMoreThanAFrameNorReadsBehindTheOctetsAtHand() {
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuf in = round % 2 == 0 ? mutations.arbitrary(100) : mutations.mutated(stream());
            read(in);
            ProtocolHeader.recognise(in.readerIndex(0));
        }
    }

    private void read(ByteBuf in) {
        FrameReader reader = new FrameReader(FRAME_MAX);
        Result result;
        do {
            int before = in.readerIndex();
            result = reader.next(in);
            int consumed = in.readerIndex() - before;
            switch (result) {
                case FRAME ->
                    assertThat(consumed).as("seed %d", seed).isEqualTo(reader.payloadLength() + Frame.OVERHEAD);
                case NEED_MORE ->
                    assertThat(in.readableBytes() + reader.missingBytes())
                            .as("seed %d", seed)
                            .isLessThanOrEqualTo(FRAME_MAX);
                case VIOLATION -> assertThat(consumed).as("seed %d", seed).isZero();
            }
        } while (result == Result.FRAME);
    }

    @Test
    void seesTheSameFramesHoweverTheStreamIsSplit() {
        for (int round = 0; round < 2_000; round++) {
            ByteBuf whole = round % 2 == 0 ? stream() : mutations.mutated(stream());
            ByteBuf arriving = Unpooled.buffer();
            FrameReader reader = new FrameReader(FRAME_MAX);
            StringBuilder frames = new StringBuilder();
            while (whole.isReadable()) {
                arriving.writeBytes(whole, Math.min(whole.readableBytes(), 1 + mutations.below(9)));
                collect(reader, arriving, frames);
            }
            StringBuilder expected = new StringBuilder();
            collect(new FrameReader(FRAME_MAX), whole.readerIndex(0), expected);
            assertThat(frames).as("seed %d", seed).hasToString(expected.toString());
        }
    }

    private static void collect(FrameReader reader, ByteBuf in, StringBuilder frames) {
        while (reader.next(in) == Result.FRAME) {
            frames.append(reader.type()).append('/').append(reader.channel()).append('/');
            frames.append(in.toString(reader.payloadOffset(), reader.payloadLength(), StandardCharsets.ISO_8859_1));
        }
    }

    private static ByteBuf stream() {
        return Octets.of("03 0001 00000003 'abc' CE  08 0000 00000000 CE  01 0007 00000004 003C 0048 CE");
    }
}
