package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtocolHeaderTest {
    @ParameterizedTest
    @CsvSource({
        "00000901, AMQP_0_9_1",
        "01010009, AMQP_0_9",
        "00010000, AMQP_1_0",
        "02010000, AMQP_1_0_TLS",
        "03010000, AMQP_1_0_SASL",
        "01010800, UNKNOWN",
        "FFFFFFFF, UNKNOWN"
    })
    void namesTheProtocolByItsVersionOctets_4_2_2(String version, ProtocolHeader expected) {
        ByteBuf in = Octets.of("41 4D 51 50 " + version);

        assertThat(ProtocolHeader.recognise(in)).isEqualTo(expected);
        assertThat(in.readableBytes()).isEqualTo(ProtocolHeader.LENGTH);
    }

    @Test
    void waitsForAllEightOctets_atEverySplit() {
        ByteBuf whole = Octets.of("'AMQP' 00000901");
        for (int length = 0; length < ProtocolHeader.LENGTH; length++) {
            assertThat(ProtocolHeader.recognise(whole.slice(0, length))).isEqualTo(ProtocolHeader.INCOMPLETE);
        }
    }

    @Test
    void seesAnotherProtocolInItsFirstOctets() {
        assertThat(ProtocolHeader.recognise(Octets.of("'G'"))).isEqualTo(ProtocolHeader.UNKNOWN);
        assertThat(ProtocolHeader.recognise(Octets.of("'AMX'"))).isEqualTo(ProtocolHeader.UNKNOWN);
    }

    @Test
    void writesWhatItRecognises() {
        ByteBuf out = Unpooled.buffer();
        ProtocolHeader.AMQP_0_9_1.write(out);

        assertThat(out).isEqualTo(Octets.of("'AMQP' 00000901"));
        assertThatIllegalStateException().isThrownBy(() -> ProtocolHeader.UNKNOWN.write(out));
    }
}
