package io.ferrymq.broker.topology;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import io.ferrymq.broker.ValueProblem.ArgumentType;
import io.ferrymq.broker.ValueProblem.NotOneOf;
import io.ferrymq.broker.ValueProblem.TooLarge;
import io.ferrymq.broker.ValueProblem.TooSmall;
import io.ferrymq.broker.ValueProblem.WrongType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which arguments a queue may have, by type and by value (RabbitMQ 4, rabbit_amqqueue). */
class QueueArgumentRulesTest {
    private static final Resource Q = Resource.queue("q", "/");
    private static final long TEN_YEARS = 315_360_000_000L;
    private static final ValueProblem NO_INTEGER = new WrongType(ArgumentType.INTEGER);
    private static final ValueProblem NO_TEXT = new WrongType(ArgumentType.TEXT);

    static Stream<org.junit.jupiter.params.provider.Arguments> acceptable() {
        return Stream.of(
                arguments("x-expires", List.of(1, 1L, (short) 1, (byte) 1, TEN_YEARS)),
                arguments("x-message-ttl", List.of(0, 1, TEN_YEARS)),
                arguments("x-max-length", List.of(0, Long.MAX_VALUE)),
                arguments("x-max-length-bytes", List.of(0, 1)),
                arguments("x-max-priority", List.of(0, 10, 255)),
                arguments("x-overflow", List.of("drop-head", "reject-publish", "reject-publish-dlx")),
                arguments("x-dead-letter-exchange", List.of("", "dlx", "amq.direct")),
                arguments("x-single-active-consumer", List.of(true, false)),
                arguments("x-ferry-celery", List.of(true, false)),
                arguments("x-queue-type", List.of("classic", "", "undefined")),
                arguments("x-queue-mode", List.of("lazy", "default")),
                arguments("x-queue-version", List.of(1, 2)),
                arguments("x-queue-master-locator", List.of("min-masters")),
                arguments("x-queue-leader-locator", List.of("client-local", "balanced")),
                arguments("x-consumer-timeout", List.of(0, 60_000)),
                arguments("x-nobody-knows", List.of("anything", -1, List.of(1))));
    }

    @ParameterizedTest
    @MethodSource
    void acceptable(String argument, List<Object> values) {
        for (Object value : values) {
            assertThatNoException().isThrownBy(() -> check(Map.of(argument, value)));
        }
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> unacceptable() {
        return Stream.of(
                arguments("x-expires", 0, new TooSmall(1)),
                arguments("x-expires", -1, new TooSmall(1)),
                arguments("x-expires", TEN_YEARS + 1, new TooLarge(TEN_YEARS)),
                arguments("x-expires", "1", NO_INTEGER),
                arguments("x-expires", 1.0, NO_INTEGER),
                arguments("x-message-ttl", -1, new TooSmall(0)),
                arguments("x-message-ttl", TEN_YEARS + 1, new TooLarge(TEN_YEARS)),
                arguments("x-message-ttl", true, NO_INTEGER),
                arguments("x-max-length", -1L, new TooSmall(0)),
                arguments("x-max-length", "many", NO_INTEGER),
                arguments("x-max-length-bytes", -1, new TooSmall(0)),
                arguments("x-max-priority", -1, new TooSmall(0)),
                arguments("x-max-priority", 256, new TooLarge(255)),
                arguments("x-max-priority", "high", NO_INTEGER),
                arguments(
                        "x-overflow",
                        "explode",
                        new NotOneOf(List.of("drop-head", "reject-publish", "reject-publish-dlx"))),
                arguments("x-overflow", 1, NO_TEXT),
                arguments("x-dead-letter-exchange", 1, NO_TEXT),
                arguments("x-single-active-consumer", "true", new WrongType(ArgumentType.FLAG)),
                arguments("x-ferry-celery", 1, new WrongType(ArgumentType.FLAG)),
                arguments("x-queue-type", "stream", new NotOneOf(List.of("classic", "quorum"))),
                arguments("x-queue-type", "round", new NotOneOf(List.of("classic", "quorum"))),
                arguments("x-queue-type", 1, NO_TEXT),
                arguments("x-queue-mode", "busy", new NotOneOf(List.of("default", "lazy"))),
                arguments("x-queue-version", -1, new TooSmall(0)),
                arguments("x-queue-version", "2", NO_INTEGER),
                arguments("x-queue-version", 0, new NotOneOf(List.of("1", "2"))),
                arguments("x-queue-version", 3, new NotOneOf(List.of("1", "2"))),
                arguments(
                        "x-queue-leader-locator",
                        "elsewhere",
                        new NotOneOf(List.of("client-local", "balanced", "random", "least-leaders"))),
                arguments("x-consumer-timeout", -1, new TooSmall(0)));
    }

    @ParameterizedTest
    @MethodSource
    void unacceptable(String argument, Object value, ValueProblem problem) {
        assertThat(refusal(() -> check(Map.of(argument, value))))
                .isEqualTo(new Refusal.InvalidArgument(Q, argument, value, problem));
    }

    @Test
    void aNullIsNoValue() {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        arguments.put("x-expires", null);

        assertThat(refusal(() -> check(arguments)))
                .isEqualTo(new Refusal.InvalidArgument(Q, "x-expires", null, NO_INTEGER));
    }

    @Test
    void aDeadLetterRoutingKeyNeedsAnExchange() {
        assertThat(refusal(() -> check(Map.of("x-dead-letter-routing-key", "k"))))
                .isEqualTo(new Refusal.InvalidArgument(
                        Q, "x-dead-letter-routing-key", "k", new ValueProblem.Needs("x-dead-letter-exchange")));
        assertThatNoException()
                .isThrownBy(() -> check(Map.of("x-dead-letter-routing-key", "k", "x-dead-letter-exchange", "")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-delivery-limit",
                "x-dead-letter-strategy",
                "x-quorum-initial-group-size",
                "x-max-in-memory-length",
                "x-max-in-memory-bytes",
                "x-member-placement-tag",
                "x-consumer-disconnected-timeout",
                "x-delayed-retry-type",
                "x-delayed-retry-min",
                "x-delayed-retry-max",
                "x-ferry-retry-backoff",
                "x-ferry-retry-jitter",
                "x-max-age",
                "x-stream-max-segment-size-bytes",
                "x-stream-filter-size-bytes",
                "x-initial-cluster-size"
            })
    void classicQueuesRefuseArgumentsOfOtherTypes(String argument) {
        assertThat(refusal(() -> check(Map.of(argument, 1))))
                .isEqualTo(new Refusal.UnsupportedArgument(Q, argument, "classic"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-max-priority",
                "x-queue-mode",
                "x-queue-version",
                "x-queue-master-locator",
                "x-max-age",
                "x-initial-cluster-size"
            })
    void quorumQueuesRefuseArgumentsOfOtherTypes(String argument) {
        assertThat(refusal(() -> check(quorum(argument, 1))))
                .isEqualTo(new Refusal.UnsupportedArgument(Q, argument, "quorum"));
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> acceptableForQuorum() {
        return Stream.of(
                arguments("x-delivery-limit", List.of(-1, 0, 5)),
                arguments("x-dead-letter-strategy", List.of("at-most-once", "at-least-once")),
                arguments("x-quorum-initial-group-size", List.of(1, 3)),
                arguments("x-max-in-memory-length", List.of(0)),
                arguments("x-max-in-memory-bytes", List.of(0)),
                arguments("x-overflow", List.of("reject-publish", "reject-publish-dlx")),
                arguments("x-consumer-timeout", List.of(0)),
                arguments("x-delayed-retry-type", List.of("disabled", "all", "failed", "returned")),
                arguments("x-delayed-retry-min", List.of(0, Long.MAX_VALUE)),
                arguments("x-delayed-retry-max", List.of(0)),
                arguments("x-ferry-retry-backoff", List.of("linear", "exponential")),
                arguments("x-ferry-retry-jitter", List.of(0, 100)));
    }

    @ParameterizedTest
    @MethodSource
    void acceptableForQuorum(String argument, List<Object> values) {
        for (Object value : values) {
            assertThatNoException().isThrownBy(() -> check(quorum(argument, value)));
        }
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> unacceptableForQuorum() {
        return Stream.of(
                arguments("x-delivery-limit", "5", NO_INTEGER),
                arguments("x-dead-letter-strategy", "maybe", new NotOneOf(List.of("at-most-once", "at-least-once"))),
                arguments("x-dead-letter-strategy", 1, NO_TEXT),
                arguments("x-quorum-initial-group-size", 0, new TooSmall(1)),
                arguments(
                        "x-delayed-retry-type",
                        "sometimes",
                        new NotOneOf(List.of("disabled", "all", "failed", "returned"))),
                arguments("x-delayed-retry-type", 1, NO_TEXT),
                arguments("x-delayed-retry-min", "1s", NO_INTEGER),
                arguments("x-delayed-retry-max", -1, new TooSmall(0)),
                arguments("x-ferry-retry-backoff", "cubic", new NotOneOf(List.of("linear", "exponential"))),
                arguments("x-ferry-retry-jitter", 101, new TooLarge(100)),
                arguments("x-ferry-retry-jitter", -1, new TooSmall(0)),
                arguments("x-max-in-memory-length", -1, new TooSmall(0)));
    }

    @ParameterizedTest
    @MethodSource
    void unacceptableForQuorum(String argument, Object value, ValueProblem problem) {
        assertThat(refusal(() -> check(quorum(argument, value))))
                .isEqualTo(new Refusal.InvalidArgument(Q, argument, value, problem));
    }

    private static void check(Map<String, @Nullable Object> arguments) {
        QueueSpec spec = new QueueSpec("q", true, false, false, QueueArguments.of(arguments));
        QueueArgumentRules.requireDeclarable(Q, spec);
    }

    private static Map<String, @Nullable Object> quorum(String argument, Object value) {
        return Map.of("x-queue-type", "quorum", argument, value);
    }
}
