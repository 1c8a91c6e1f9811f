package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ExpirationTest {
    @Test
    void readsMilliseconds() {
        assertThat(Expiration.parseMillis("0")).isZero();
        assertThat(Expiration.parseMillis("60000")).isEqualTo(60_000);
        assertThat(Expiration.parseMillis("+5")).isEqualTo(5);
    }

    @Test
    void refusesMoreThanTenYears() {
        assertThat(Expiration.parseMillis("315360000000")).isEqualTo(315_360_000_000L);
        assertRefused("315360000001", "{value_too_large,315360000001}");
        assertRefused("99999999999999999999999999", "{value_too_large,99999999999999999999999999}");
    }

    @Test
    void explainsWhatIsNoNumberAsErlangDoes() {
        assertRefused("", "no_integer");
        assertRefused("soon", "no_integer");
        assertRefused(" 1", "no_integer");
        assertRefused("-", "no_integer");
        assertRefused("10.5", "{leftover_string,\".5\"}");
        assertRefused("10s", "{leftover_string,\"s\"}");
        assertRefused("-1", "{value_negative,-1}");
    }

    private static void assertRefused(String text, String why) {
        assertThatThrownBy(() -> Expiration.parseMillis(text))
                .isInstanceOf(FaultException.class)
                .hasMessage("PRECONDITION_FAILED - invalid expiration '" + text + "': " + why);
    }
}
