package io.ferrymq.tasks.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What other programs say of tasks, with octets that a fuzzer chooses: each is read, or refused as a bad message. */
class MessageOctetsFuzz {
    @FuzzTest
    void tasksAreReadOrRefused(byte[] body) {
        readOrRefuse(TaskMessageFormat::decode, wire(Map.of("task", "t", "id", "1"), body));
        readOrRefuse(TaskMessageFormat::decode, wire(Map.of(), body));
    }

    @FuzzTest
    void resultsAreReadOrRefused(byte[] body) {
        readOrRefuse(ResultMessageFormat::decode, wire(Map.of(), body));
    }

    @FuzzTest
    void commandsAreReadOrRefused(byte[] body) {
        readOrRefuse(ControlMessage::decode, wire(Map.of(), body));
    }

    private static WireMessage wire(Map<String, @Nullable Object> headers, byte[] body) {
        return new WireMessage("application/json", "utf-8", headers, "1", "", 0, true, null, body);
    }

    private static void readOrRefuse(Function<WireMessage, ?> decoding, WireMessage message) {
        try {
            assertThat(decoding.apply(message)).isNotNull();
        } catch (BadMessageException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }
}
