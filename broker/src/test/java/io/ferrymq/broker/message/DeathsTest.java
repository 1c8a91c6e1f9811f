package io.ferrymq.broker.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.message.Death.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeathsTest {
    private static Death death(String queue, Reason reason, long timeMillis) {
        return new Death(queue, reason, 1, timeMillis, "x", List.of("k" + timeMillis), null);
    }

    private static History after(Death... deaths) {
        History history = Deaths.after(null, deaths[0], false);
        for (int i = 1; i < deaths.length; i++) {
            history = Deaths.after(history, deaths[i], false);
        }
        return history;
    }

    @Test
    void theFirstDeathIsFirstForEver() {
        History history =
                after(death("a", Reason.EXPIRED, 1), death("b", Reason.REJECTED, 2), death("c", Reason.MAXLEN, 3));
        assertThat(history.first()).isEqualTo(death("a", Reason.EXPIRED, 1));
        assertThat(history.deaths().stream().map(Death::queue)).containsExactly("c", "b", "a");
    }

    @Test
    void theSameDeathIsCountedAndComesToTheFrontAsItFirstWas() {
        History history =
                after(death("a", Reason.REJECTED, 1), death("b", Reason.EXPIRED, 2), death("a", Reason.REJECTED, 3));
        assertThat(history.deaths())
                .containsExactly(
                        new Death("a", Reason.REJECTED, 2, 1, "x", List.of("k1"), null), death("b", Reason.EXPIRED, 2));
    }

    @Test
    void anotherReasonIsAnotherDeath() {
        History history = after(death("a", Reason.REJECTED, 1), death("a", Reason.EXPIRED, 2));
        assertThat(history.deaths()).hasSize(2).allMatch(death -> death.count() == 1);
    }

    @Test
    void extraKeysStayRemoved() {
        History history = Deaths.after(null, death("a", Reason.EXPIRED, 1), true);
        assertThat(Deaths.after(history, death("b", Reason.EXPIRED, 2), false).extraKeysRemoved())
                .isTrue();
    }

    @Test
    void aCircleWithoutAConsumerIsEndless() {
        History history = after(death("a", Reason.EXPIRED, 1), death("b", Reason.MAXLEN, 2));
        assertThat(Deaths.endless(history)).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aConsumerThatRejectsMakesItAnotherRound() {
        History history = after(death("a", Reason.EXPIRED, 1), death("b", Reason.REJECTED, 2));
        assertThat(Deaths.endless(history)).isEmpty();
        assertThat(Deaths.endless(after(death("a", Reason.REJECTED, 1), death("b", Reason.EXPIRED, 2))))
                .containsExactly("b");
    }

    @Test
    void aRejectionLongAgoDoesNotHelp() {
        History history = after(death("b", Reason.REJECTED, 1), death("a", Reason.EXPIRED, 2));
        assertThat(Deaths.endless(history)).containsExactly("a");
    }
}
