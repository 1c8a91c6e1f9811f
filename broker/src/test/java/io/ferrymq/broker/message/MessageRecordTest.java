package io.ferrymq.broker.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.simulation.Guest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class MessageRecordTest {
    @Test
    void isWrittenAsItsLayoutSays() {
        Publication publication = Guest.message("ab", "body");
        publication.address(ShortText.of("logs"), ShortText.of("a.b"), List.of());
        publication.terms(true, 7, 299);
        Death death = new Death("q", Death.Reason.REJECTED, 2, 5, "x", List.of("k"), "60");
        ByteBuf head = Unpooled.buffer();
        MessageRecord.begin(head, publication, new History(List.of(death), death, true, false), true, 2);
        MessageRecord.queue(head, 1);
        MessageRecord.queue(head, 128);
        MessageRecord.end(head, publication, new History(List.of(death), death, true, false), true, 1_000);

        String oneDeath = "0171" // queue: q
                + "01" // rejected
                + "02" // twice
                + "05" // first at 5 ms
                + "0178" // exchange: x
                + "01016b" // one key: k
                + "01023630"; // it was sent with expiration 60
        assertThat(ByteBufUtil.hexDump(head))
                .isEqualTo(
                        "07" // persistent, with history and times
                                + "63" // format 99
                                + "07" // priority
                                + "02018001" // two durable queues: 1 and 128
                                + "e807" // published at 1000 ms
                                + "ac02" // lives 299 ms, plus one
                                + "046c6f6773" // exchange: logs
                                + "03612e62" // routing key: a.b
                                + "1e" // 30 bytes of history follow
                                + "01" // its expiration is removed
                                + oneDeath
                                + "01" // one death
                                + oneDeath
                                + "026162"); // header: ab
    }

    @Test
    void keepsSecretKeysAsItsLayoutSays() {
        Publication publication = Guest.message("ab", "body");
        publication.address(ShortText.EMPTY, ShortText.of("k"), List.of("cc", "b", "cd"), List.of("b", "cd"));
        ByteBuf head = Unpooled.buffer();
        MessageRecord.begin(head, publication, null, false, 0);
        MessageRecord.end(head, publication, null, false, 0);
        assertThat(ByteBufUtil.hexDump(head))
                .isEqualTo(
                        "09" // persistent, with secret keys
                                + "63" // format 99
                                + "00" // priority
                                + "00" // no durable queues
                                + "00" // the default exchange
                                + "016b" // routing key: k
                                + "05" // 5 bytes of secret keys follow
                                + "0162" // b
                                + "026364" // cd
                                + "026162"); // header: ab

        StoredMessage stored = new StoredMessage();
        stored.wrap(head, 0, head.readableBytes());
        assertThat(stored.secretRoutingKeys()).containsExactly("b", "cd");
        assertThat(stored.headerLength()).isEqualTo(2);
    }

    @Test
    void manyQueueNumbersHaveALengthByWhichAReaderPassesThem() {
        Publication publication = Guest.message("ab", "body");
        publication.address(ShortText.EMPTY, ShortText.of("k"), List.of());
        ByteBuf head = Unpooled.buffer();
        int lengthIndex = MessageRecord.begin(head, publication, null, false, 16);
        for (int number = 120; number < 136; number++) {
            MessageRecord.queue(head, number);
        }
        MessageRecord.endQueues(head, lengthIndex);
        MessageRecord.end(head, publication, null, false, 0);
        assertThat(ByteBufUtil.hexDump(head))
                .startsWith(
                        "81" // persistent, queue numbers have a length
                                + "63" // format 99
                                + "00" // priority
                                + "10" // 16 durable queues
                                + "00000018" // 24 bytes of numbers
                                + "78797a7b7c7d7e7f" // 120 to 127
                                + "8001810182018301840185018601" // 128 to 134
                                + "8701"); // 135

        StoredMessage stored = new StoredMessage();
        stored.wrap(head, 0, head.readableBytes());
        assertThat(stored.queueNumbers()).isEqualTo(LongStream.range(120, 136).toArray());
        assertThat(stored.routingKey()).isEqualTo("k");
        assertThat(stored.headerLength()).isEqualTo(2);
    }

    @Test
    void manyQueueNumbersWithoutALengthAreReadAsTheyWereWrittenBefore() {
        ByteBuf record = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(
                "01" // persistent
                        + "63" // format 99
                        + "00" // priority
                        + "11" // 17 durable queues
                        + "01".repeat(16) // their numbers
                        + "8001"
                        + "00" // the default exchange
                        + "016b" // routing key: k
                        + "026162")); // header: ab
        StoredMessage stored = new StoredMessage();
        stored.wrap(record, 0, record.readableBytes());
        assertThat(stored.queueNumbers()).hasSize(17).endsWith(1, 128);
        assertThat(stored.routingKey()).isEqualTo("k");
    }

    @Test
    void aTextThatIsTooLongIsRefusedBeforeItIsWritten() {
        assertThat(ShortText.of("k".repeat(255)).utf8()).hasSize(255);
        assertThatThrownBy(() -> ShortText.of("\u00e4".repeat(128))).isInstanceOf(IllegalArgumentException.class);
    }
}
