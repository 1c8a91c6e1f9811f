package io.ferrymq.tasks.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.tasks.message.TaskMessage.FollowUp;
import io.ferrymq.tasks.message.TaskMessage.Lineage;
import io.ferrymq.tasks.message.TaskMessage.Timing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TaskMessageTest {
    private static final String ID = "0f5e2b0a-7c7e-4b7e-9f0c-111111111111";

    private static TaskMessage call(Timing timing, FollowUp followUp, Map<String, @Nullable Object> headers) {
        return new TaskMessage(
                ID,
                "tasks.add",
                List.of(4, 4),
                Map.of("scale", 2),
                new Lineage("root", "parent", "group", 3),
                timing,
                followUp,
                "replies",
                5,
                1,
                true,
                "shown",
                "gen1@host",
                headers);
    }

    private static WireMessage wire(Map<String, @Nullable Object> headers, String type, byte[] body) {
        return new WireMessage(type, "utf-8", headers, ID, "", 0, true, null, body);
    }

    private static WireMessage json(Map<String, @Nullable Object> headers, String body) {
        return wire(headers, "application/json", body.getBytes(UTF_8));
    }

    @Test
    void isReadBackAsItWasWritten() {
        Timing timing = new Timing(
                OffsetDateTime.parse("2026-02-03T04:05:06Z"), OffsetDateTime.parse("2026-02-04T04:05:06Z"), 1.5, 3.0);
        FollowUp followUp = new FollowUp(
                List.of(Signature.of("tasks.log", List.of())),
                List.of(Signature.of("tasks.alarm", List.of("x"))),
                List.of(Signature.of("tasks.last", List.of()), Signature.of("tasks.next", List.of(1))),
                Signature.of("tasks.sum", List.of()).withOption("task_id", "sum-1"));
        TaskMessage message = call(timing, followUp, Map.of("tenant", "a"));
        assertThat(TaskMessageFormat.decode(TaskMessageFormat.encode(message))).isEqualTo(message);
    }

    @Test
    void isCompressedIfItsHeaderSaysSo() {
        TaskMessage large = call(Timing.AT_ONCE, FollowUp.NONE, Map.of("compression", "application/x-gzip"));
        WireMessage wire = TaskMessageFormat.encode(large);
        assertThat(wire.headers()).containsEntry("compression", "application/x-gzip");
        assertThat(new String(wire.body(), UTF_8)).doesNotContain("scale");
        assertThat(TaskMessageFormat.decode(wire)).isEqualTo(call(Timing.AT_ONCE, FollowUp.NONE, Map.of()));
        assertThatThrownBy(() -> TaskMessageFormat.encode(
                        call(Timing.AT_ONCE, FollowUp.NONE, Map.of("compression", "application/x-lzma"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("x-lzma");
    }

    @Test
    void hasTheHeadersAndTheBodyThatCelerysWorkersLookFor() {
        WireMessage wire = TaskMessageFormat.encode(call(Timing.AT_ONCE, FollowUp.NONE, Map.of()));
        assertThat(wire.correlationId()).isEqualTo(ID);
        assertThat(wire.contentType()).isEqualTo("application/json");
        assertThat(wire.contentEncoding()).isEqualTo("utf-8");
        assertThat(wire.headers())
                .containsEntry("lang", "py")
                .containsEntry("task", "tasks.add")
                .containsEntry("id", ID)
                .containsEntry("root_id", "root")
                .containsEntry("eta", null)
                .containsEntry("timelimit", Arrays.asList(null, null))
                .containsEntry("argsrepr", "(4, 4)")
                .containsEntry("kwargsrepr", "{'scale': 2}");
        assertThat(new String(wire.body(), UTF_8))
                .isEqualTo("[[4,4],{\"scale\":2},"
                        + "{\"callbacks\":null,\"errbacks\":null,\"chain\":null,\"chord\":null}]");
    }

    @Test
    void theHardLimitComesFirst() {
        Map<String, @Nullable Object> headers = new HashMap<>(Map.of("task", "t", "id", ID));
        headers.put("timelimit", Arrays.asList(30, null));
        assertThat(TaskMessageFormat.decode(json(headers, "[[], {}, null]")).timing())
                .isEqualTo(new Timing(null, null, null, 30.0));
    }

    @Test
    void version1IsReadFromItsBody() {
        TaskMessage message = TaskMessageFormat.decode(json(Map.of(), """
                {"task": "tasks.add", "id": "1", "args": [4, 4], "kwargs": {}, "retries": 2, "eta": null, "utc": true,
                 "expires": "2026-02-03T04:05:06", "callbacks": null, "errbacks": null, "timelimit": [null, null],
                 "taskset": null, "chord": null}
                """));
        assertThat(message.args()).containsExactly(4, 4);
        assertThat(message.retries()).isEqualTo(2);
        assertThat(message.lineage().rootId()).isEqualTo("1");
        assertThat(message.timing().expires()).isEqualTo(OffsetDateTime.parse("2026-02-03T04:05:06Z"));
    }

    @Test
    void aCompressedBodyIsUnpacked() throws IOException {
        Map<String, @Nullable Object> headers = Map.of("task", "t", "id", ID, "compression", "application/x-gzip");
        byte[] packed = deflated("[[1], {}, null]".getBytes(UTF_8));
        assertThat(TaskMessageFormat.decode(wire(headers, "application/json", packed))
                        .args())
                .containsExactly(1);
        assertThatThrownBy(() -> TaskMessageFormat.decode(
                        wire(headers, "application/json", Arrays.copyOf(packed, packed.length - 8))))
                .isInstanceOf(BadMessageException.class);
        byte[] bomb = deflated(new byte[100 << 20]);
        assertThatThrownBy(() -> TaskMessageFormat.decode(wire(headers, "application/json", bomb)))
                .hasMessageContaining("larger than");
    }

    private static byte[] deflated(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
            deflater.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void whatIsNotJsonIsNeverDecoded() {
        Map<String, @Nullable Object> headers = Map.of("task", "t", "id", ID);
        assertThatThrownBy(() -> TaskMessageFormat.decode(
                        wire(headers, "application/x-python-serialize", "cos\nsystem\n".getBytes(UTF_8))))
                .isInstanceOf(BadMessageException.class)
                .hasMessageContaining("'application/x-python-serialize' is not accepted");
    }

    @Test
    void aWrongMessageSaysWhatIsWrong() {
        assertBad(Map.of("task", "t", "id", ID), "[1, 2]", "no list of args, kwargs and embedded calls");
        assertBad(Map.of("task", "t", "id", ID), "[{}, {}, {}]", "args that is no list");
        assertBad(Map.of("task", "t", "id", ID), "[[], {}, {\"chain\": [{}]}]", "a signature has no task");
        assertBad(Map.of("task", "t"), "[[], {}, {}]", "has no id");
        assertBad(Map.of("task", "t", "id", ID, "eta", "soon"), "[[], {}, {}]", "wrong eta: 'soon'");
        assertBad(Map.of("task", "t", "id", ID, "retries", -1), "[[], {}, {}]", "retries");
        assertBad(Map.of(), "[]", "a task message is no object");
    }

    private static void assertBad(Map<String, @Nullable Object> headers, String body, String problem) {
        assertThatThrownBy(() -> TaskMessageFormat.decode(json(headers, body)))
                .isInstanceOf(BadMessageException.class)
                .hasMessageContaining(problem);
    }
}
