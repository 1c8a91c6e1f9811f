package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.BasicProperty;
import io.ferrymq.amqp091.codec.LongString;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.Octets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** What a client reads of a message's fate: RabbitMQ's x-death and x-delivery-count. */
class HeaderMergeTest {
    private static final Death FIRST =
            new Death("q1", Death.Reason.EXPIRED, 2, 1_700_000_000_999L, "ex", List.of("k", "cc"), "60000");
    private static final Death LAST =
            new Death("q2", Death.Reason.REJECTED, 1, 1_700_000_100_000L, "dlx", List.of("k2"), null);

    private static ByteBuf header() {
        ByteBuf list = Unpooled.buffer();
        PropertyEditor.empty()
                .header("CC", List.of("cc"))
                .header("own", "kept")
                .text(BasicProperty.EXPIRATION, "60000")
                .text(BasicProperty.MESSAGE_ID, "id")
                .write(list);
        return list;
    }

    private static BasicProperties merged(TestMessage message) {
        return new BasicProperties().wrap(HeaderMerge.merge(message, Integer.MAX_VALUE));
    }

    @Test
    void leavesMessagesAloneThatNothingHappenedTo() {
        assertThat(HeaderMerge.isNeeded(TestMessage.of("m"))).isFalse();
        assertThat(HeaderMerge.isNeeded(TestMessage.of("m").again(0))).isFalse();
        assertThat(HeaderMerge.isNeeded(TestMessage.of("m").again(1))).isTrue();
    }

    @Test
    void countsFailedDeliveries() {
        BasicProperties properties =
                merged(TestMessage.of("m").with(header(), null).again(3));
        assertThat(properties.header("x-delivery-count")).contains(3L);
        assertThat(properties.header("own")).contains("kept");
        assertThat(properties.messageId()).contains("id");
    }

    @Test
    void listsDeathsNewestFirst() {
        History history = new History(List.of(LAST, FIRST), FIRST, true, true);
        BasicProperties properties = merged(TestMessage.of("m").with(header(), history));
        assertThat(properties.header("x-death"))
                .contains(List.of(
                        Map.of(
                                "count",
                                1L,
                                "reason",
                                "rejected",
                                "queue",
                                "q2",
                                "time",
                                Instant.ofEpochSecond(1_700_000_100L),
                                "exchange",
                                "dlx",
                                "routing-keys",
                                List.of("k2")),
                        Map.of(
                                "count", 2L,
                                "reason", "expired",
                                "queue", "q1",
                                "time", Instant.ofEpochSecond(1_700_000_000L),
                                "exchange", "ex",
                                "routing-keys", List.of("k", "cc"),
                                "original-expiration", "60000")));
    }

    @Test
    void namesTheFirstAndTheLastDeath() {
        History history = new History(List.of(LAST, FIRST), FIRST, false, false);
        Map<String, ?> headers =
                merged(TestMessage.of("m").with(header(), history)).headers();
        assertThat(headers.get("x-first-death-queue")).isEqualTo("q1");
        assertThat(headers.get("x-first-death-reason")).isEqualTo("expired");
        assertThat(headers.get("x-first-death-exchange")).isEqualTo("ex");
        assertThat(headers.get("x-last-death-queue")).isEqualTo("q2");
        assertThat(headers.get("x-last-death-reason")).isEqualTo("rejected");
        assertThat(headers.get("x-last-death-exchange")).isEqualTo("dlx");
    }

    @Test
    void hidesExpirationAndCopiesThatNoLongerCount() {
        BasicProperties gone = merged(TestMessage.of("m").with(header(), new History(List.of(LAST), LAST, true, true)));
        assertThat(gone.expiration()).isEmpty();
        assertThat(gone.header("CC")).isEmpty();
        BasicProperties kept =
                merged(TestMessage.of("m").with(header(), new History(List.of(LAST), LAST, false, false)));
        assertThat(kept.expiration()).contains("60000");
        assertThat(kept.header("CC")).contains(List.of("cc"));
    }

    @Test
    void showsKeysThatAreNoTextAsTheStringsThatTheyCameAs() {
        byte[] octets = {(byte) 0xFF, 'a', (byte) 0xC3};
        Death death = new Death("q", Death.Reason.MAXLEN, 1, 0, "ex", List.of(Octets.decode(octets)), null);
        BasicProperties properties =
                merged(TestMessage.of("m").with(header(), new History(List.of(death), death, true, false)));
        assertThat(properties.header("x-death").orElseThrow())
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .singleElement(InstanceOfAssertFactories.MAP)
                .containsEntry("routing-keys", List.of(LongString.copyOf(octets)));
    }

    @Test
    void showsTheNewestDeathsOfAHistoryThatNoFrameHasRoomFor() {
        List<Death> deaths = IntStream.range(0, 500)
                .mapToObj(i -> new Death("q" + i, Death.Reason.MAXLEN, 1, 0, "ex", List.of("key"), null))
                .toList();
        History history = new History(deaths, FIRST, true, false);
        ByteBuf merged = HeaderMerge.merge(TestMessage.of("m").with(header(), history), 4_000);
        assertThat(merged.readableBytes()).isLessThanOrEqualTo(4_000);
        BasicProperties properties = new BasicProperties().wrap(merged);
        assertThat(properties.header("x-last-death-queue")).contains("q0");
        assertThat(properties.header("x-death").orElseThrow())
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSizeBetween(10, 100);
    }
}
