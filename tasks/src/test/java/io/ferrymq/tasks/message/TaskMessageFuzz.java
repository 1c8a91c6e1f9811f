package io.ferrymq.tasks.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged messages: each is read, or refused as a bad message. The seed is the argument of the test. */
final class TaskMessageFuzz {
    private static final String TASK = """
            [[1, "two", {"__type__": "date", "__value__": "2026-02-03"}], {"three": null},
             {"callbacks": [{"task": "a", "args": [], "kwargs": {}, "options": {}, "subtask_type": null,
              "immutable": false}], "errbacks": null, "chain": null, "chord": null}]""";
    private static final String RESULT = """
            {"task_id": "1", "status": "FAILURE", "result": {"exc_type": "E", "exc_message": [1], "exc_module": null},
             "traceback": null, "children": [[["2", null], null]], "group_id": "g"}""";

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void isReadOrRefused(long seed) {
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] task = damaged(TASK, random);
            byte[] result = damaged(RESULT, random);
            refused += isRefused(() -> TaskMessageFormat.decode(wire(Map.of("task", "t", "id", "1"), task))) ? 1 : 0;
            refused += isRefused(() -> TaskMessageFormat.decode(wire(Map.of(), task))) ? 1 : 0;
            refused += isRefused(() -> ResultMessageFormat.decode(wire(Map.of(), result))) ? 1 : 0;
        }
        assertThat(refused).as("both happened").isBetween(1_000, 59_000);
    }

    private static byte[] damaged(String json, Random random) {
        byte[] bytes = json.getBytes(UTF_8);
        List<String> pieces = List.of("[", "]", "{", "}", "\"", ",", ":", "null", "1", "e", "-", "\\", "\u00e9");
        for (int hits = random.nextInt(3); hits >= 0; hits--) {
            byte[] piece = pieces.get(random.nextInt(pieces.size())).getBytes(UTF_8);
            int at = random.nextInt(bytes.length - piece.length);
            System.arraycopy(piece, 0, bytes, at, piece.length);
        }
        return bytes;
    }

    private static WireMessage wire(Map<String, @Nullable Object> headers, byte[] body) {
        return new WireMessage("application/json", "utf-8", headers, "1", "", 0, true, null, body);
    }

    private static boolean isRefused(Supplier<?> decoding) {
        try {
            assertThat(decoding.get()).isNotNull();
            return false;
        } catch (BadMessageException e) {
            return true;
        }
    }
}
