package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.ContentWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LongBodyTest {
    @ParameterizedTest
    @CsvSource({
        "300000, 131072, 1",
        "300000, 131072, 100000",
        "300000, 4096, 1",
        "300000, 4096, 70000",
        "262128, 131072, 65536",
        "300000, 16391, 5000",
        "300000, 16392, 16384",
        "131073, 1000000, 200000",
        "300000, 131072, 1000000"
    })
    void givesTheFramesThatAreWrittenAtOnceInPieces(int bodyBytes, int frameMaxBytes, int pieceBytes) {
        byte[] octets = new byte[bodyBytes];
        new Random(1).nextBytes(octets);
        ByteBuf body = Unpooled.wrappedBuffer(octets);
        ByteBuf whole = Unpooled.buffer();
        new ContentWriter(frameMaxBytes).write(whole, 7, Unpooled.EMPTY_BUFFER, body);
        whole.skipBytes(8 + 12);

        LongBody source = new LongBody(7, body.retain(), frameMaxBytes);
        ByteBuf given = Unpooled.buffer();
        while (source.remaining() > 0) {
            assertThat(source.remaining()).isEqualTo(whole.readableBytes() - given.readableBytes());
            source.give(pieceBytes, part -> {
                given.writeBytes(part);
                part.release();
            });
        }
        source.release();
        assertThat(given.equals(whole)).isTrue();
        assertThat(body.refCnt()).isEqualTo(1);
    }
}
