package io.ferrymq.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.client.transport.DisconnectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said when a broker cannot be opened. Here the embedded broker is not on the class path. */
class OpeningTest {
    @ParameterizedTest
    @ValueSource(strings = {"memory:", "file:data"})
    void namesTheArtifactThatIsMissing(String uri) {
        assertThatThrownBy(() -> Ferry.open(uri))
                .isInstanceOf(DisconnectedException.class)
                .hasMessageContaining("io.ferrymq:ferrymq-embedded");
    }

    @Test
    void namesTheSchemesThatThereAre() {
        assertThatThrownBy(() -> Ferry.open("carrier-pigeon:home"))
                .isInstanceOf(DisconnectedException.class)
                .hasMessageContaining("memory:, file:, amqp: and amqps:");
    }

    @Test
    void saysWhichBrokerDoesNotAnswer() {
        assertThatThrownBy(() -> Ferry.open("amqp://localhost:1/"))
                .isInstanceOf(DisconnectedException.class)
                .hasMessageContaining("localhost:1");
    }
}
