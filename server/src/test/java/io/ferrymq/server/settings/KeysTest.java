package io.ferrymq.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import org.junit.jupiter.api.Test;

class KeysTest {
    @Test
    void hasAGoodDefaultForEveryKey() {
        for (Key<?> key : Keys.all()) {
            if (!key.defaultText().isEmpty()) {
                assertThatCode(() -> key.type().read(key.defaultText()))
                        .as(key.name())
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void givesEveryKeyAnEnvironmentNameOfItsOwn() {
        List<String> names = Keys.all().stream().map(Key::environmentName).toList();
        assertThat(names).doesNotHaveDuplicates().contains("FERRY_AMQP_PORT", "FERRY_LIMITS_FRAME_BYTES");
    }

    @Test
    void describesEveryKeyInOneLine() {
        for (Key<?> key : Keys.all()) {
            assertThat(key.description())
                    .as(key.name())
                    .isNotBlank()
                    .hasSizeLessThan(90)
                    .doesNotContain("\n");
        }
    }
}
