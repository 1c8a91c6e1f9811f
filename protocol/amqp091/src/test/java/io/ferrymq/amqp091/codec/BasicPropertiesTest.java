package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BasicPropertiesTest {
    static final String EVERYTHING = """
            FFFC                  ; flags: all 14
            04 'json'             ; content type
            04 'gzip'             ; content encoding
            00000018              ; headers: 24 octets
            01 'a' 'I' 00000001
            02 C3A4 'S' 00000002 'xy'
            01 'v' 'V'
            01 'a' 'b' 02
            02                    ; delivery mode
            07                    ; priority
            01 'c'                ; correlation id
            01 'r'                ; reply to
            03 '500'              ; expiration
            01 'm'                ; message id
            000000005E0BE100      ; timestamp
            01 't'                ; type
            01 'u'                ; user id
            01 'p'                ; app id
            01 'z'                ; cluster id
            """;

    @Test
    void showsEveryProperty_1_8_1() {
        BasicProperties properties = validated(EVERYTHING);

        assertThat(properties.contentType()).contains("json");
        assertThat(properties.contentEncoding()).contains("gzip");
        assertThat(properties.deliveryModeOr(0)).isEqualTo(2);
        assertThat(properties.isPersistent()).isTrue();
        assertThat(properties.priorityOr(0)).isEqualTo(7);
        assertThat(properties.correlationId()).contains("c");
        assertThat(properties.replyTo()).contains("r");
        assertThat(properties.expiration()).contains("500");
        assertThat(properties.messageId()).contains("m");
        assertThat(properties.timestampSecondsOr(0)).isEqualTo(1577836800L);
        assertThat(properties.type()).contains("t");
        assertThat(properties.userId()).contains("u");
        assertThat(properties.appId()).contains("p");
        assertThat(properties.clusterId()).contains("z");
        assertThat(properties.headers()).containsOnlyKeys("a", "\u00e4", "v").containsEntry("\u00e4", "xy");
    }

    @Test
    void findsOneHeaderWithoutTheOthers() {
        BasicProperties properties = validated(EVERYTHING);

        assertThat(properties.header("a")).contains((byte) 2);
        assertThat(properties.header("\u00e4")).contains("xy");
        assertThat(properties.header("v")).isEmpty();
        assertThat(properties.header("aa")).isEmpty();
        assertThat(properties.header("")).isEmpty();
    }

    @Test
    void showsNothingOfAnEmptyList() {
        BasicProperties properties = new BasicProperties();

        for (BasicProperty property : BasicProperty.values()) {
            assertThat(properties.has(property)).isFalse();
            assertThat(properties.indexOf(property)).isEqualTo(-1);
        }
        assertThat(properties.isPersistent()).isFalse();
        assertThat(properties.priorityOr(4)).isEqualTo(4);
        assertThat(properties.timestampSecondsOr(-1)).isEqualTo(-1);
        assertThat(properties.headers()).isEmpty();
        assertThat(properties.header("a")).isEmpty();
        assertThat(properties.replyTo()).isEmpty();
    }

    @Test
    void findsAPropertyBehindEmptyFlagWords_4_2_6_1() {
        BasicProperties properties = validated("0801 0001 0000 09");

        assertThat(properties.priorityOr(0)).isEqualTo(9);
    }

    @Test
    void keepsTheOctetsOfAStringThatIsNotUtf8() {
        BasicProperties properties = validated("0400 01 FF");

        assertThat(properties.correlationId()).contains("\ufffd");
        assertThat(properties.buffer().getByte(properties.indexOf(BasicProperty.CORRELATION_ID) + 1))
                .isEqualTo((byte) 0xFF);
    }

    @Test
    void handsOutTheOctetsThatItShows() {
        ByteBuf list = Octets.of(EVERYTHING);
        ByteBuf kept = validated(EVERYTHING).retainedList();

        assertThat(kept).isEqualTo(list);
        kept.release();
    }

    @Test
    void refusesAListCutAnywhere_501() {
        ByteBuf whole = Octets.of(EVERYTHING);
        for (int length = 0; length < whole.readableBytes(); length++) {
            assertRefused(whole.slice(0, length), ReplyCode.FRAME_ERROR);
        }
    }

    @Test
    void refusesOctetsBehindTheLastProperty_501() {
        assertRefused(Octets.of("0000 00"), ReplyCode.FRAME_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0002", "0001 8000", "0001 0002", "0001 0001 0001 0001 0000"})
    void refusesFlagsThatNobodyKnows_502(String flags) {
        assertRefused(Octets.of(flags), ReplyCode.SYNTAX_ERROR);
    }

    @Test
    void refusesHeadersNestedTooDeep_502() {
        ByteBuf list = Octets.of("2000").writeBytes(FieldTableTest.nested(129));

        assertRefused(list, ReplyCode.SYNTAX_ERROR);
    }

    static BasicProperties validated(String annotated) {
        ByteBuf list = Octets.of(annotated);
        BasicProperties.validate(list, 0, list.readableBytes());
        return new BasicProperties().wrap(list);
    }

    private static void assertRefused(ByteBuf list, ReplyCode code) {
        assertThatExceptionOfType(MalformedFrameException.class)
                .isThrownBy(() -> BasicProperties.validate(list, 0, list.readableBytes()))
                .returns(code, MalformedFrameException::replyCode);
    }
}
