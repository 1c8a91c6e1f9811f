package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QueueArgumentsTest {
    @Test
    void nothingSaidMeansTheDefaults() {
        QueueArguments none = QueueArguments.NONE;

        assertThat(none.type()).isEqualTo(QueueType.CLASSIC);
        assertThat(none.messageTtlMillis()).isEmpty();
        assertThat(none.expiresMillis()).isEmpty();
        assertThat(none.maxLength()).isEmpty();
        assertThat(none.maxLengthBytes()).isEmpty();
        assertThat(none.maxPriority()).isEmpty();
        assertThat(none.consumerTimeoutMillis()).isEmpty();
        assertThat(none.deliveryLimit()).isEmpty();
        assertThat(none.overflow()).isEqualTo(Overflow.DROP_HEAD);
        assertThat(none.deadLetterExchange()).isEmpty();
        assertThat(none.deadLetterRoutingKey()).isEmpty();
        assertThat(none.deadLetterStrategy()).isEqualTo(DeadLetterStrategy.AT_MOST_ONCE);
        assertThat(none.singleActiveConsumer()).isFalse();
        assertThat(none.delayedRetry()).isEqualTo(DelayedRetry.NONE);
    }

    @Test
    void readsEachArgument() {
        QueueArguments arguments = QueueArguments.of(Map.of(
                "x-message-ttl",
                0,
                "x-expires",
                60_000L,
                "x-max-length",
                (short) 10,
                "x-max-length-bytes",
                (byte) 100,
                "x-max-priority",
                9,
                "x-consumer-timeout",
                5,
                "x-overflow",
                "reject-publish-dlx",
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "dead",
                "x-single-active-consumer",
                true));

        assertThat(arguments.messageTtlMillis()).hasValue(0);
        assertThat(arguments.expiresMillis()).hasValue(60_000);
        assertThat(arguments.maxLength()).hasValue(10);
        assertThat(arguments.maxLengthBytes()).hasValue(100);
        assertThat(arguments.maxPriority()).hasValue(9);
        assertThat(arguments.consumerTimeoutMillis()).hasValue(5);
        assertThat(arguments.overflow()).isEqualTo(Overflow.REJECT_PUBLISH_DLX);
        assertThat(arguments.deadLetterExchange()).hasValue("");
        assertThat(arguments.deadLetterRoutingKey()).hasValue("dead");
        assertThat(arguments.singleActiveConsumer()).isTrue();
    }

    @Test
    void aMaximumPriorityOfZeroIsNone() {
        assertThat(QueueArguments.of(Map.of("x-max-priority", 0)).maxPriority()).isEmpty();
    }

    @Test
    void quorumQueuesGiveUpAfterTwentyDeliveriesUnlessTheySayOtherwise() {
        assertThat(quorum(Map.of()).deliveryLimit()).hasValue(20);
        assertThat(quorum(Map.of("x-delivery-limit", 3)).deliveryLimit()).hasValue(3);
        assertThat(quorum(Map.of("x-delivery-limit", -1)).deliveryLimit()).isEmpty();
    }

    @Test
    void quorumQueuesDropTheHeadWhereClassicOnesWouldDeadLetterTheRejected() {
        assertThat(quorum(Map.of("x-overflow", "reject-publish-dlx")).overflow())
                .isEqualTo(Overflow.DROP_HEAD);
        assertThat(quorum(Map.of("x-overflow", "reject-publish")).overflow()).isEqualTo(Overflow.REJECT_PUBLISH);
    }

    @Test
    void readsTheDeadLetterStrategy() {
        assertThat(quorum(Map.of("x-dead-letter-strategy", "at-least-once")).deadLetterStrategy())
                .isEqualTo(DeadLetterStrategy.AT_LEAST_ONCE);
    }

    @Test
    void valuesThatMakeNoSenseCountAsAbsent() {
        QueueArguments arguments = QueueArguments.of(
                Map.of("x-message-ttl", "soon", "x-max-length", -1, "x-overflow", 7, "x-max-priority", 300));

        assertThat(arguments.messageTtlMillis()).isEmpty();
        assertThat(arguments.maxLength()).isEmpty();
        assertThat(arguments.overflow()).isEqualTo(Overflow.DROP_HEAD);
        assertThat(arguments.maxPriority()).isEmpty();
    }

    @Test
    void keepsWhatTheClientSent() {
        Map<String, @Nullable Object> sent = Map.of("x-message-ttl", (short) 5, "mine", "kept");

        assertThat(QueueArguments.of(sent).values()).isEqualTo(sent);
    }

    private static QueueArguments quorum(Map<String, @Nullable Object> further) {
        Map<String, @Nullable Object> arguments = new HashMap<>(further);
        arguments.put("x-queue-type", "quorum");
        return QueueArguments.of(arguments);
    }

    private static DelayedRetry retry(Object... arguments) {
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("x-queue-type", "quorum");
        for (int i = 0; i < arguments.length; i += 2) {
            values.put((String) arguments[i], arguments[i + 1]);
        }
        return QueueArguments.of(values).delayedRetry();
    }

    @Test
    void readsDelayedRetry() {
        assertThat(retry(
                        "x-delayed-retry-type",
                        "failed",
                        "x-delayed-retry-min",
                        5,
                        "x-delayed-retry-max",
                        60L,
                        "x-ferry-retry-backoff",
                        "exponential",
                        "x-ferry-retry-jitter",
                        20))
                .isEqualTo(new DelayedRetry(RetryType.FAILED, 5, 60, Backoff.EXPONENTIAL, 20));
    }

    @Test
    void theShortestWaitIsTheLongestUnlessOneIsGiven() {
        DelayedRetry constant = new DelayedRetry(RetryType.ALL, 5, 5, Backoff.LINEAR, 0);
        assertThat(retry("x-delayed-retry-type", "all", "x-delayed-retry-min", 5))
                .isEqualTo(constant);
        assertThat(retry("x-delayed-retry-type", "all", "x-delayed-retry-min", 5, "x-delayed-retry-max", 0))
                .isEqualTo(constant);
    }

    @Test
    void nothingWaitsWithoutATypeOrAShortestWait() {
        assertThat(retry("x-delayed-retry-min", 5)).isEqualTo(DelayedRetry.NONE);
        assertThat(retry("x-delayed-retry-type", "all")).isEqualTo(DelayedRetry.NONE);
        assertThat(retry("x-delayed-retry-type", "all", "x-delayed-retry-min", 0))
                .isEqualTo(DelayedRetry.NONE);
        assertThat(retry("x-delayed-retry-type", "disabled", "x-delayed-retry-min", 5))
                .isEqualTo(DelayedRetry.NONE);
        assertThat(retry("x-delayed-retry-type", "sometimes", "x-delayed-retry-min", 5))
                .isEqualTo(DelayedRetry.NONE);
    }
}
