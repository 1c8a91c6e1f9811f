package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves the judge of {@link KillTest}: every way of breaking the promise is noticed, and keeping it is not blamed. */
class PromiseTest {
    private final Promise promise = new Promise();

    private void publishAndConfirm(int... sequences) {
        for (int sequence : sequences) {
            promise.publishing(1, sequence);
            promise.confirmed(1, sequence, List.of("a"));
        }
    }

    @Test
    void acceptsConfirmedMessagesThatArriveInOrder() {
        publishAndConfirm(0, 1, 2);

        promise.received("a", 1, 0, false);
        promise.received("a", 1, 1, false);
        promise.received("a", 1, 2, true);

        assertThat(promise.violationsAtRest()).isEmpty();
        assertThat(promise.outstanding()).isZero();
    }

    @Test
    void acceptsUncertainMessagesWhetherTheyArriveOrNot() {
        promise.publishing(1, 0);
        promise.publishing(1, 1);

        promise.received("a", 1, 1, false);

        assertThat(promise.violationsAtRest()).isEmpty();
        assertThat(promise.uncertainCount()).isEqualTo(2);
    }

    @Test
    void noticesALostMessage() {
        publishAndConfirm(0, 1);

        promise.received("a", 1, 0, false);

        assertThat(promise.outstanding()).isEqualTo(1);
        assertThat(promise.violationsAtRest()).containsExactly("lost: queue a, publisher 1, confirmed messages {1}");
    }

    @Test
    void noticesAMessageThatIsMissingInOneOfTwoQueues() {
        promise.publishing(1, 0);
        promise.confirmed(1, 0, List.of("a", "b"));

        promise.received("b", 1, 0, false);

        assertThat(promise.violationsAtRest()).containsExactly("lost: queue a, publisher 1, confirmed messages {0}");
    }

    @Test
    void noticesAnInventedMessage() {
        publishAndConfirm(0);
        promise.received("a", 1, 0, false);

        promise.received("a", 1, 7, false);

        assertThat(promise.violationsAtRest()).containsExactly("invented: queue a, publisher 1, message 7");
    }

    @Test
    void noticesASecondDeliveryWithoutTheFlag() {
        publishAndConfirm(0);
        promise.received("a", 1, 0, false);

        promise.received("a", 1, 0, false);

        assertThat(promise.violationsAtRest())
                .containsExactly("delivered twice without the redelivered flag: queue a, publisher 1, message 0");
    }

    @Test
    void acceptsAndCountsAnAcknowledgedMessageThatReappearsWithTheFlag() {
        publishAndConfirm(0);
        promise.received("a", 1, 0, false);
        promise.settled("a", 1, 0);

        promise.received("a", 1, 0, true);

        assertThat(promise.violationsAtRest()).isEmpty();
        assertThat(promise.reappearedAfterSettlingCount()).isEqualTo(1);
    }

    @Test
    void noticesFirstDeliveriesOutOfOrder() {
        publishAndConfirm(0, 1, 2);

        promise.received("a", 1, 0, false);
        promise.received("a", 1, 2, false);
        promise.received("a", 1, 1, false);

        assertThat(promise.violationsAtRest())
                .containsExactly("out of order: queue a, publisher 1, message 1 after message 2");
    }

    @Test
    void noticesAConfirmOutOfNothing() {
        promise.confirmed(1, 3, List.of());

        assertThat(promise.violationsAtRest())
                .containsExactly("confirmed what was never published: publisher 1, message 3");
    }
}
