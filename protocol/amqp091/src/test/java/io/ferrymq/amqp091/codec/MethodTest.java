package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MethodTest {
    static Stream<MethodExample> examples() {
        return MethodExample.all();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void readsEveryMethodFromItsOctets_4_2_4(MethodExample example) {
        assertThat(Method.decode(example.octets())).isEqualTo(example.method());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void writesEveryMethodAsItsOctets_4_2_4(MethodExample example) {
        ByteBuf out = Unpooled.buffer();
        example.method().encode(out);

        assertThat(out).isEqualTo(example.octets());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void refusesAMethodCutAnywhere_501(MethodExample example) {
        ByteBuf whole = example.octets();
        for (int length = 0; length < whole.readableBytes(); length++) {
            ByteBuf cut = whole.slice(0, length);
            assertThatExceptionOfType(MalformedFrameException.class)
                    .isThrownBy(() -> Method.decode(cut))
                    .returns(ReplyCode.FRAME_ERROR, MalformedFrameException::replyCode);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void refusesOctetsBehindTheLastArgument_501(MethodExample example) {
        assertThatExceptionOfType(MalformedFrameException.class)
                .isThrownBy(() -> Method.decode(example.octets().writeByte(0)))
                .returns(ReplyCode.FRAME_ERROR, MalformedFrameException::replyCode)
                .returns(example.method().classId(), MalformedFrameException::classId)
                .returns(example.method().methodId(), MalformedFrameException::methodId);
    }

    @Test
    void hasAnExampleOfEveryMethod() {
        assertThat(MethodExample.all().map(e -> e.method().getClass()).collect(Collectors.toSet()))
                .isEqualTo(records(Method.class).collect(Collectors.toSet()));
    }

    private static Stream<Class<?>> records(Class<?> type) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        return permitted == null ? Stream.of(type) : Arrays.stream(permitted).flatMap(MethodTest::records);
    }

    @ParameterizedTest
    @CsvSource({
        "000A0000, COMMAND_INVALID, 10, 0",
        "000A0048, COMMAND_INVALID, 10, 72",
        "00280029, COMMAND_INVALID, 40, 41",
        "003C0079, COMMAND_INVALID, 60, 121",
        "00000000, NOT_IMPLEMENTED, 0, 0",
        "0046000A, NOT_IMPLEMENTED, 70, 10",
        "FFFFFFFF, NOT_IMPLEMENTED, 65535, 65535"
    })
    void refusesAnUnknownMethodWith503AndAnUnknownClassWith540(
            String octets, ReplyCode code, int classId, int methodId) {
        assertThatExceptionOfType(MalformedFrameException.class)
                .isThrownBy(() -> Method.decode(Octets.of(octets)))
                .returns(code, MalformedFrameException::replyCode)
                .returns(classId, MalformedFrameException::classId)
                .returns(methodId, MalformedFrameException::methodId);
    }

    @Test
    void takesATicketOfOldClientsForNothing() {
        assertThat(Method.decode(Octets.of("003C 0046 0001 01 'q' 01"))).isEqualTo(new BasicMethod.Get("q", true));
    }

    @Test
    void ignoresBitsThatMeanNothing_4_2_5_2() {
        assertThat(Method.decode(Octets.of("0055 000A FE"))).isEqualTo(new ConfirmMethod.Select(false));
    }

    @Test
    void refusesAShortStringThatIsNotUtf8_4_2_5_3() {
        assertThatExceptionOfType(MalformedFrameException.class)
                .isThrownBy(() -> Method.decode(Octets.of("003C 001F 01 FF")))
                .returns(ReplyCode.SYNTAX_ERROR, MalformedFrameException::replyCode);
    }

    @Test
    void writesNothingOfAFrameWhoseArgumentHasNoRoom() {
        ByteBuf out = Unpooled.buffer();
        Method tooLong = new BasicMethod.ConsumeOk("c".repeat(256));

        assertThatIllegalArgumentException().isThrownBy(() -> FrameWriter.writeMethod(out, 1, tooLong));
        assertThat(out.isReadable()).isFalse();
    }

    @Test
    void writesAMethodAsAFrame_4_2_3() {
        ByteBuf out = Unpooled.buffer();

        assertThat(FrameWriter.writeMethod(out, 258, new ChannelMethod.Flow(true)))
                .isEqualTo(out.readableBytes());
        assertThat(out).isEqualTo(Octets.of("01 0102 00000005 0014 0014 01 CE"));
    }

    @Test
    void writesAHeartbeat_4_2_7() {
        ByteBuf out = Unpooled.buffer();
        FrameWriter.writeHeartbeat(out);

        assertThat(out).isEqualTo(Octets.of("08 0000 00000000 CE"));
    }

    @Test
    void keepsSecretsOutOfLogs() {
        LongString password = LongString.copyOf(new byte[] {'p', 'w'});

        assertThat(new ConnectionMethod.StartOk(Map.of(), "PLAIN", password, "en_US"))
                .hasToString(
                        "StartOk[clientProperties={}, mechanism=PLAIN, response=LongString[2 octets], locale=en_US]");
    }
}
