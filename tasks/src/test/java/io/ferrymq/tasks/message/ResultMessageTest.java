package io.ferrymq.tasks.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.tasks.message.ResultMessage.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ResultMessageTest {
    private static ResultMessage decode(String json) {
        return ResultMessageFormat.decode(
                new WireMessage("application/json", "utf-8", Map.of(), "1", "", 0, false, null, json.getBytes(UTF_8)));
    }

    @Test
    void isReadBackAsItWasWritten() {
        ResultMessage result =
                new ResultMessage("1", TaskState.SUCCESS, List.of(8), null, List.of(), "group", "parent");
        WireMessage wire = ResultMessageFormat.encode(result, "replies");
        assertThat(wire.replyTo()).isEqualTo("replies");
        assertThat(wire.correlationId()).isEqualTo("1");
        assertThat(ResultMessageFormat.decode(wire)).isEqualTo(result);
    }

    @Test
    void aFailureNamesItsException() {
        ResultMessage failed = decode("""
                {"task_id": "1", "status": "FAILURE", "traceback": "Traceback…", "children": [],
                 "result": {"exc_type": "ValueError", "exc_message": ["no such thing"], "exc_module": "builtins"}}
                """);
        Problem problem = new Problem("ValueError", List.of("no such thing"), "builtins");
        assertThat(failed.result()).isEqualTo(problem);
        assertThat(problem.message()).isEqualTo("ValueError: no such thing");
        assertThat(ResultMessageFormat.decode(ResultMessageFormat.encode(failed, "q")))
                .isEqualTo(failed);
    }

    @Test
    void onlyTheEndIsFinal() {
        assertThat(decode("{\"task_id\": \"1\", \"status\": \"STARTED\", \"result\": {\"pid\": 1}}")
                        .state()
                        .isFinal())
                .isFalse();
        assertThat(TaskState.RETRY.isFinal()).isFalse();
        assertThat(TaskState.REVOKED.isFinal()).isTrue();
    }

    @Test
    void whatIsNoResultIsABadMessage() {
        assertThatThrownBy(() -> decode("[]")).isInstanceOf(BadMessageException.class);
        assertThatThrownBy(() -> decode("{\"task_id\": \"1\", \"status\": \"DONE\"}"))
                .hasMessageContaining("unknown state 'DONE'");
        assertThatThrownBy(() -> decode("{\"status\": \"SUCCESS\"}")).hasMessageContaining("no task_id");
    }
}
