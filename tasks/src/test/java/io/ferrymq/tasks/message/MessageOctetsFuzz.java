package io.ferrymq.tasks.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
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
        readOrRefuse(
                message -> {
                    ControlMessage command = ControlMessage.decode(message);
                    assertThat(command.isFor("celery@a-worker-with-a-name")).isIn(true, false);
                    return command;
                },
                wire(Map.of(), body));
    }

    /** The octets are an object of headers and, behind it, a body. */
    @FuzzTest
    void headersOfTasksAreReadOrRefused(byte[] octets) {
        String[] parts = new String(octets, StandardCharsets.UTF_8).split("\n", 2);
        byte[] body = (parts.length == 1 ? "[[],{},{}]" : parts[1]).getBytes(StandardCharsets.UTF_8);
        readOrRefuse(
                message -> {
                    TaskMessage task = TaskMessageFormat.decode(message);
                    assertThat(TaskMessageFormat.decode(TaskMessageFormat.encode(task))
                                    .id())
                            .isEqualTo(task.id());
                    return task;
                },
                wire(headers(parts[0]), body));
    }

    private static Map<String, @Nullable Object> headers(String json) {
        Map<String, @Nullable Object> headers = new HashMap<>(Map.of("task", "t", "id", "1"));
        try {
            if (KombuJson.read(json.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> map) {
                map.forEach((name, value) -> headers.put(String.valueOf(name), value));
            }
        } catch (BadMessageException refused) {
            headers.put("eta", json);
        }
        return headers;
    }

    @FuzzTest
    void valuesAreReadAsTheyAreWritten(byte[] json) {
        Object value;
        try {
            value = KombuJson.read(json);
        } catch (BadMessageException refused) {
            return;
        }
        assertThat(PythonRepr.of(value)).hasSizeLessThanOrEqualTo(PythonRepr.CHARS_MAX);
        byte[] once = KombuJson.write(value);
        assertThat(KombuJson.write(KombuJson.read(once))).isEqualTo(once);
    }

    @FuzzTest
    void compressedBodiesAreUnpackedOrRefused(byte[] body) {
        readOrRefuse(
                message -> String.valueOf(MessageBody.read(message)),
                wire(Map.of(MessageBody.COMPRESSION, MessageBody.ZLIB), body));
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
