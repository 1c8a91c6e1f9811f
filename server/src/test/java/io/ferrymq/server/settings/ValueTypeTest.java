package io.ferrymq.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.wire.ClientVerification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTypeTest {
    private final ValueType<Long> bytes = ValueType.bytes(0, 1L << 40);
    private final ValueType<Long> millis = ValueType.millis(0, 86_400_000);

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "65536, 65536",
        "1b, 1",
        "64KB, 64000",
        "64KiB, 65536",
        "64k, 65536",
        "1MB, 1000000",
        "1MiB, 1048576",
        "1.5MiB, 1572864",
        "2 GiB, 2147483648",
        "1gb, 1000000000",
        "1TiB, 1099511627776"
    })
    void readsSizes(String text, long expected) {
        assertThat(bytes.read(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "MiB", "64 XB", "0x10", "2TiB", "1e3", "99999999999999999999"})
    void refusesWhatIsNoSizeInRange(String text) {
        assertThatThrownBy(() -> bytes.read(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "10s, 10000", "1.5s, 1500", "2m, 120000", "1h, 3600000", "250, 250"})
    void readsDurationsInMilliseconds(String text, long expected) {
        assertThat(millis.read(text)).isEqualTo(expected);
    }

    @Test
    void readsDurationsInSeconds() {
        ValueType<Integer> seconds = ValueType.seconds(0, 65_535);
        assertThat(seconds.read("60")).isEqualTo(60);
        assertThat(seconds.read("1m")).isEqualTo(60);
        assertThatThrownBy(() -> seconds.read("500ms")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsChoicesInLowerCase() {
        ValueType<ClientVerification> choice = ValueType.choice(ClientVerification.class);
        assertThat(choice.read("require")).isEqualTo(ClientVerification.REQUIRE);
        assertThat(choice.expectation()).isEqualTo("one of none, request, require");
        assertThatThrownBy(() -> choice.read("maybe")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsNumbersInTheirRange() {
        assertThat(ValueType.count(0, 65_535).read("5672")).isEqualTo(5672);
        assertThatThrownBy(() -> ValueType.count(0, 65_535).read("65536")).isInstanceOf(IllegalArgumentException.class);
        assertThat(ValueType.fraction().read("0.8")).isEqualTo(0.8);
        assertThatThrownBy(() -> ValueType.fraction().read("1.1")).isInstanceOf(IllegalArgumentException.class);
        assertThat(ValueType.flag().read("true")).isTrue();
        assertThatThrownBy(() -> ValueType.flag().read("yes")).isInstanceOf(IllegalArgumentException.class);
    }
}
