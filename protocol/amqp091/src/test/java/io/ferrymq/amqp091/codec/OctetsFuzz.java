package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ferrymq.amqp091.codec.FrameReader.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The decoders against octets that a fuzzer chooses by what they reach: each reads them or calls them malformed, and what
 * was read is written as octets that are read as the same.
 */
class OctetsFuzz {
    private static final int FRAME_MAX = 4096;

    @FuzzTest
    void framesAreCutOrRefused(byte[] octets) {
        ByteBuf in = Unpooled.wrappedBuffer(octets);
        FrameReader reader = new FrameReader(FRAME_MAX);
        int before = in.readerIndex();
        Result result = reader.next(in);
        while (result == Result.FRAME) {
            assertThat(in.readerIndex() - before).isEqualTo(reader.payloadLength() + Frame.OVERHEAD);
            before = in.readerIndex();
            result = reader.next(in);
        }
        if (result == Result.NEED_MORE) {
            assertThat(in.readableBytes() + reader.missingBytes()).isLessThanOrEqualTo(FRAME_MAX);
        }
    }

    @FuzzTest
    void methodsAreReadOrRefused(byte[] octets) {
        Method method;
        try {
            method = Method.decode(Unpooled.wrappedBuffer(octets));
        } catch (MalformedFrameException refused) {
            return;
        }
        assertThat(method.id()).isNotZero();
    }

    @FuzzTest
    void tablesAreReadAsTheyAreWritten(byte[] octets) {
        ByteBuf in = Unpooled.wrappedBuffer(octets);
        boolean valid = isValidTable(in);
        ByteBuf once = Unpooled.buffer();
        try {
            FieldTable.write(once, FieldTable.read(in.duplicate()));
        } catch (MalformedFrameException refused) {
            assertThat(valid).isFalse();
            return;
        }
        assertThat(valid).isTrue();
        ByteBuf twice = Unpooled.buffer();
        FieldTable.write(twice, FieldTable.read(once.duplicate()));
        assertThat(twice).isEqualTo(once);
    }

    private static boolean isValidTable(ByteBuf in) {
        try {
            FieldTable.validate(in, in.readerIndex(), in.writerIndex());
            return true;
        } catch (MalformedFrameException refused) {
            return false;
        }
    }

    @FuzzTest
    void headersAnswerEveryQuestionOrAreRefused(byte[] octets) {
        ContentHeader header = new ContentHeader();
        try {
            header.wrap(Unpooled.wrappedBuffer(octets), 0, octets.length);
        } catch (MalformedFrameException refused) {
            return;
        }
        assertThat(header.bodySize()).isNotNegative();
        BasicProperties properties = header.properties();
        for (BasicProperty property : BasicProperty.values()) {
            assertThat(properties.has(property)).isEqualTo(properties.indexOf(property) >= 0);
        }
        properties.headers().forEach((name, value) -> properties.header(name));
        ByteBuf edited = Unpooled.buffer();
        PropertyEditor.of(properties).removeHeader("a").header("b", 1).write(edited);
        BasicProperties.validate(edited, 0, edited.readableBytes());
    }
}
