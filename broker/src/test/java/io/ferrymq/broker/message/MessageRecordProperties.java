package io.ferrymq.broker.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.simulation.PlainFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class MessageRecordProperties {
    @Provide
    Arbitrary<History> histories() {
        Arbitrary<String> text = Arbitraries.strings().ofMaxLength(20);
        Arbitrary<Death> deaths = Combinators.combine(
                        text,
                        Arbitraries.of(Death.Reason.class),
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                        text,
                        text.list().ofMaxSize(3),
                        text.injectNull(0.5))
                .as(Death::new);
        return Combinators.combine(
                        deaths.list().ofMaxSize(4), deaths, Arbitraries.of(true, false), Arbitraries.of(true, false))
                .as(History::new);
    }

    private static Publication publication(String exchange, String key, String header, byte[] body) {
        Publication publication = new Publication(PlainFormat.INSTANCE);
        publication.address(ShortText.of(exchange), ShortText.of(key), List.of());
        publication.content(Unpooled.copiedBuffer(header, StandardCharsets.UTF_8), Unpooled.wrappedBuffer(body));
        return publication;
    }

    private static StoredMessage stored(ByteBuf head, Publication publication) {
        ByteBuf record = Unpooled.copiedBuffer(Unpooled.copiedBuffer(new byte[13]), head, publication.body());
        StoredMessage message = new StoredMessage();
        message.wrap(record, 13, record.readableBytes() - 13);
        return message;
    }

    private static String text(StoredMessage message, int offset, int length) {
        return message.buffer().toString(offset, length, StandardCharsets.UTF_8);
    }

    @Property
    void aMessageIsReadAsItWasWritten(
            @ForAll @StringLength(max = 60) String exchange,
            @ForAll @StringLength(max = 60) String key,
            @ForAll @StringLength(max = 300) String header,
            @ForAll @Size(max = 400) byte[] body,
            @ForAll boolean persistent,
            @ForAll @IntRange(max = 255) int priority) {
        Publication publication = publication(exchange, key, header, body);
        publication.terms(persistent, priority, Publication.NEVER);
        ByteBuf head = Unpooled.buffer();
        MessageRecord.begin(head, publication, null, false, 0);
        MessageRecord.end(head, publication, null, false, 0);

        StoredMessage message = stored(head, publication);
        assertThat(message.exchange())
                .isEqualTo(ShortText.of(exchange).text())
                .isEqualTo(text(message, message.exchangeOffset(), message.exchangeLength()));
        assertThat(message.routingKey())
                .isEqualTo(text(message, message.routingKeyOffset(), message.routingKeyLength()));
        assertThat(message.buffer().slice(message.routingKeyOffset(), message.routingKeyLength()))
                .isEqualTo(Unpooled.wrappedBuffer(ShortText.of(key).utf8()));
        assertThat(message.buffer().slice(message.headerOffset(), message.headerLength()))
                .isEqualTo(publication.header());
        assertThat(message.buffer().slice(message.bodyOffset(), message.bodyLength()))
                .isEqualTo(Unpooled.wrappedBuffer(body));
        assertThat(message.persistent()).isEqualTo(persistent);
        assertThat(message.priority()).isEqualTo(priority);
        assertThat(message.formatId()).isEqualTo(PlainFormat.INSTANCE.id());
        assertThat(message.history()).isNull();
        assertThat(message.queueNumbers()).isEmpty();
        assertThat(message.expirationMillis()).isEqualTo(Publication.NEVER);
    }

    @Property
    void timesQueuesAndHistoryAreReadAsTheyWereWritten(
            @ForAll @LongRange(min = 0) long publishedMillis,
            @ForAll @LongRange(min = -1, max = Long.MAX_VALUE - 1) long expirationMillis,
            @ForAll @Size(max = 50) List<@LongRange(min = 1) Long> queues,
            @ForAll("histories") History history) {
        Publication publication = publication("x", "k", "h", new byte[] {1, 2});
        publication.terms(true, 0, expirationMillis);
        ByteBuf head = Unpooled.buffer();
        int lengthIndex = MessageRecord.begin(head, publication, history, true, queues.size());
        queues.forEach(number -> MessageRecord.queue(head, number));
        MessageRecord.endQueues(head, lengthIndex);
        MessageRecord.end(head, publication, history, true, publishedMillis);

        StoredMessage message = stored(head, publication);
        assertThat(message.publishedMillis()).isEqualTo(publishedMillis);
        assertThat(message.expirationMillis()).isEqualTo(expirationMillis);
        assertThat(LongStream.of(message.queueNumbers()).boxed().toList()).isEqualTo(queues);
        assertThat(message.bodyLength()).isEqualTo(2);
        assertThat(message.headerLength()).isEqualTo(1);
        History read = message.history();
        assertThat(read).usingRecursiveComparison().isEqualTo(history);
    }
}
