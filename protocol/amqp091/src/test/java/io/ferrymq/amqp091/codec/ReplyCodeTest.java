package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.ReplyCode.Closes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyCodeTest {
    @Test
    void closesTheChannelForSoftErrorsAndTheConnectionForHardOnes() {
        assertThat(codes(Closes.CHANNEL)).containsExactly(311, 312, 313, 403, 404, 405, 406);
        assertThat(codes(Closes.CONNECTION)).containsExactly(320, 402, 501, 502, 503, 504, 505, 506, 530, 540, 541);
    }

    @Test
    void beginsItsTextWithItsName() {
        assertThat(ReplyCode.NOT_FOUND.text("no queue 'q' in vhost '/'"))
                .isEqualTo("NOT_FOUND - no queue 'q' in vhost '/'");
    }

    @Test
    void cutsItsTextAt255OctetsBetweenCharacters() {
        for (String character : List.of("a", "\u00e4", "\u20ac", "\ud83d\ude80")) {
            int width = character.getBytes(StandardCharsets.UTF_8).length;
            String text = ReplyCode.NOT_FOUND.text(character.repeat(300));
            byte[] octets = text.getBytes(StandardCharsets.UTF_8);

            assertThat(octets.length).isBetween(256 - width, 255);
            assertThat(text).startsWith("NOT_FOUND - " + character).endsWith(character);
        }
    }

    @Test
    void keepsATextOfExactly255Octets() {
        String explanation = "x".repeat(255 - "NOT_FOUND - ".length());

        assertThat(ReplyCode.NOT_FOUND.text(explanation)).hasSize(255).endsWith(explanation);
    }

    private static List<Integer> codes(Closes closes) {
        return Arrays.stream(ReplyCode.values())
                .filter(code -> code.closes() == closes)
                .map(ReplyCode::code)
                .toList();
    }
}
