package io.ferrymq.broker.celery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.message.ValueCodec;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** Arbitrary and damaged messages to the control exchange. */
class RevokeCommandFuzz {
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\"method\":",
            "\"revoke\"",
            "\"arguments\":",
            "\"task_id\":",
            "\"id\"",
            "\"destination\":",
            "\"pattern\":",
            "\"matcher\":",
            "null",
            "true",
            "1e99999",
            "\\ud800",
            " ",
            "\u0000");

    private static void requireStorable(byte[] body) {
        for (String id : RevokeCommand.taskIds(Unpooled.wrappedBuffer(body))) {
            assertThat(id).isNotEmpty();
            assertThat(ValueCodec.isUnicode(id)).isTrue();
            assertThat(ByteBufUtil.utf8Bytes(id)).isLessThanOrEqualTo(ShortText.BYTES_MAX);
        }
    }

    @Property
    void anyBytesAreReadOrIgnored(@ForAll @Size(max = 300) byte[] body) {
        requireStorable(body);
    }

    @Provide
    Arbitrary<List<String>> pieces() {
        return Arbitraries.of(PIECES).list().ofMaxSize(40);
    }

    @Property(tries = 5_000)
    void anyPiecesOfACommandAreReadOrIgnored(@ForAll("pieces") List<String> pieces) {
        requireStorable(String.join("", pieces).getBytes(StandardCharsets.UTF_8));
    }

    @Property
    void aDamagedCommandIsReadOrIgnored(@ForAll int at, @ForAll byte value, @ForAll int end) {
        byte[] body = """
                {"destination": null, "method": "revoke", "arguments": {"task_id": ["a", "b", {"c": [1, 2]}]}}""".getBytes(StandardCharsets.UTF_8);
        body[Math.floorMod(at, body.length)] = value;
        requireStorable(Arrays.copyOf(body, Math.floorMod(end, body.length + 1)));
    }
}
