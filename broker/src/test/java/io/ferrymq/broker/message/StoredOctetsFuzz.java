package io.ferrymq.broker.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What the log holds of messages, with octets that a fuzzer chooses: read, or refused with one of two exceptions. */
class StoredOctetsFuzz {
    @FuzzTest
    void tablesAreReadAsTheyAreWritten(byte[] octets) {
        ByteBuf once = Unpooled.buffer();
        try {
            ValueCodec.writeTable(once, ValueCodec.readTable(Unpooled.wrappedBuffer(octets)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException refused) {
            return;
        }
        ByteBuf twice = Unpooled.buffer();
        ValueCodec.writeTable(twice, ValueCodec.readTable(once.duplicate()));
        assertThat(twice).isEqualTo(once);
    }

    @FuzzTest
    void recordsAnswerEveryQuestionOrAreRefused(byte[] octets) {
        StoredMessage message = new StoredMessage();
        try {
            message.wrap(Unpooled.wrappedBuffer(octets), 0, octets.length);
            message.history();
            message.secretRoutingKeys();
        } catch (IllegalArgumentException | IndexOutOfBoundsException refused) {
            return;
        }
        assertThat(message.headerOffset()).isNotNegative();
    }
}
