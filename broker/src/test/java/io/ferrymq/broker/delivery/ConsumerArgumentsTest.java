package io.ferrymq.broker.delivery;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import io.ferrymq.broker.topology.QueueType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a subscription may say (RabbitMQ, rabbit_amqqueue, consume_args). */
class ConsumerArgumentsTest {
    private static final Resource Q = Resource.queue("q", "/");

    @Test
    void takesPrioritiesOfAnyWidthAndWhatNobodyKnows() {
        for (Object priority : List.of((byte) 1, (short) -1, 0, Long.MAX_VALUE)) {
            assertThatNoException()
                    .isThrownBy(() -> Consumer.requireAcceptable(
                            Q, QueueType.CLASSIC, Map.of("x-priority", priority, "x-other", "y")));
        }
    }

    @Test
    void refusesPrioritiesThatAreNoInteger() {
        assertRefused("high", Map.of("x-priority", "high"));
        assertRefused(1.5, Map.of("x-priority", 1.5));
        assertRefused(null, Collections.singletonMap("x-priority", null));
    }

    @Test
    void takesTimeoutsFromZeroUp() {
        for (Object timeout : List.of((byte) 0, 1, Long.MAX_VALUE)) {
            assertThatNoException()
                    .isThrownBy(() ->
                            Consumer.requireAcceptable(Q, QueueType.CLASSIC, Map.of("x-consumer-timeout", timeout)));
        }
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> Consumer.requireAcceptable(Q, QueueType.CLASSIC, Map.of("x-consumer-timeout", -1)))
                .extracting(RefusedException::refusal)
                .isEqualTo(new Refusal.InvalidArgument(Q, "x-consumer-timeout", -1, new ValueProblem.TooSmall(0)));
    }

    @Test
    void refusesWhatOnlyStreamsUnderstand() {
        for (String argument : List.of("x-stream-offset", "x-stream-filter", "x-stream-match-unfiltered")) {
            for (QueueType type : QueueType.values()) {
                assertThatExceptionOfType(RefusedException.class)
                        .isThrownBy(() -> Consumer.requireAcceptable(Q, type, Map.of(argument, "first")))
                        .extracting(RefusedException::refusal)
                        .isEqualTo(new Refusal.UnsupportedArgument(Q, argument, type.wireName()));
            }
        }
    }

    private static void assertRefused(@Nullable Object value, Map<String, @Nullable Object> arguments) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> Consumer.requireAcceptable(Q, QueueType.CLASSIC, arguments))
                .extracting(RefusedException::refusal)
                .isEqualTo(new Refusal.InvalidArgument(
                        Q, "x-priority", value, new ValueProblem.WrongType(ValueProblem.ArgumentType.INTEGER)));
    }
}
