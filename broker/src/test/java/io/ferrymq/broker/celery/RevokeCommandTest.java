package io.ferrymq.broker.celery;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RevokeCommandTest {
    private static List<String> read(String body) {
        ByteBuf bytes = Unpooled.copiedBuffer("before" + body + "after", StandardCharsets.UTF_8)
                .slice(6, body.getBytes(StandardCharsets.UTF_8).length);
        List<String> ids = RevokeCommand.taskIds(bytes);
        assertThat(bytes.readerIndex()).isZero();
        return ids;
    }

    @Test
    void readsWhatCelerySends() {
        assertThat(read("""
                                {"method": "revoke", "arguments": {"task_id": "2f1e8d1c-0f0e-4c1e-9b8c-6d1f6a2b3c4d", \
                                "terminate": false, "signal": "SIGTERM"}, "destination": null, "pattern": null, \
                                "matcher": null, "ticket": "7c", "reply_to": {"exchange": "reply.celery.pidbox", \
                                "routing_key": "1b"}}""")).containsExactly("2f1e8d1c-0f0e-4c1e-9b8c-6d1f6a2b3c4d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":[\"a\",\"b\",\"a\"]}}",
                "{\"arguments\":{\"x\":{\"task_id\":\"no\"},\"task_id\":[\"a\",\"b\"]},\"method\":\"terminate\"}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":[\"a\",\"b\"]},\"destination\":[]}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":[\"a\",\"b\"]},\"destination\":\"\",\"pattern\":\"w\"}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":[\"a\",\"b\"]},\"matcher\":\"glob\"}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":[\"a\",7,null,[\"no\"],{\"task_id\":\"no\"},\"\",\"b\"]}}",
                "{\"method\":\"ping\",\"method\":\"revoke\",\"arguments\":{\"task_id\":\"no\"},"
                        + "\"arguments\":{\"task_id\":[\"a\",\"b\"]},\"clock\":1e9}  "
            })
    void readsTheIdsOfACommandToEverybody(String body) {
        assertThat(read(body)).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "\"revoke\"",
                "[{\"method\":\"revoke\",\"arguments\":{\"task_id\":\"a\"}}]",
                "{}",
                "{\"method\":\"revoke\"}",
                "{\"method\":\"revoke\",\"arguments\":{}}",
                "{\"method\":\"revoke\",\"arguments\":[\"task_id\",\"a\"]}",
                "{\"method\":[\"revoke\"],\"arguments\":{\"task_id\":\"a\"}}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":{\"a\":\"b\"}}}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":\"a\"},\"destination\":[\"w@host\"]}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":\"a\"},\"destination\":[[],{\"b\":[1]}]}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":\"a\"},\"destination\":{\"w@host\":{}}}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":\"a\"},\"pattern\":\"w*\",\"matcher\":\"glob\"}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":\"a\"}} {}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":\"a\"}",
                "{\"method\":\"revoke\",\"arguments\":{\"task_id\":\"\\ud800\"}}",
                "{'method':'revoke'}"
            })
    void revokesNothingElse(String body) {
        assertThat(read(body)).isEmpty();
    }

    @Test
    void leavesOutIdsThatAreLongerThanAnyOfCelerys() {
        assertThat(read("{\"method\":\"revoke\",\"arguments\":{\"task_id\":[\"" + "ü".repeat(127) + "\",\""
                        + "ü".repeat(128) + "\"]}}"))
                .containsExactly("ü".repeat(127));
    }

    @Test
    void looksAtNoBodyOfMoreThan64KiB() {
        String command = "{\"method\":\"revoke\",\"arguments\":{\"task_id\":\"a\"}}";
        assertThat(read(command + " ".repeat((64 << 10) - command.length()))).containsExactly("a");
        assertThat(read(command + " ".repeat((64 << 10) - command.length() + 1)))
                .isEmpty();
    }

    @Test
    void takesDeepNestingForNoCommand() {
        String deep = "[".repeat(20_000) + "]".repeat(20_000);
        assertThat(read("{\"x\":" + deep + ",\"method\":\"revoke\",\"arguments\":{\"task_id\":\"a\"}}"))
                .isEmpty();
    }

    @Test
    void readsManyIds() {
        List<String> ids = IntStream.range(0, 6_000).mapToObj(i -> "id" + i).toList();
        assertThat(read("{\"method\":\"revoke\",\"arguments\":{\"task_id\":[\"" + String.join("\",\"", ids) + "\"]}}"))
                .isEqualTo(ids);
    }
}
