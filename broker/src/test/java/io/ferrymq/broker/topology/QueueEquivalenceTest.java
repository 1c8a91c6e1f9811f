package io.ferrymq.broker.topology;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Declaring a queue again (RabbitMQ 4, rabbit_amqqueue:assert_equivalence and rabbit_misc:assert_args_equivalence). */
class QueueEquivalenceTest {
    private static final Resource Q = Resource.queue("q", "/");

    @Test
    void integersOfOtherWidthAreEqual() {
        assertEquivalent(Map.of("x-message-ttl", 100), Map.of("x-message-ttl", 100L));
        assertEquivalent(Map.of("x-max-length", (byte) 5), Map.of("x-max-length", (short) 5));
    }

    @ParameterizedTest
    @CsvSource({
        "x-message-ttl, 1, 2",
        "x-expires, 1, 2",
        "x-max-length, 1, 2",
        "x-max-length-bytes, 1, 2",
        "x-max-priority, 1, 2",
        "x-queue-version, 1, 2"
    })
    void otherNumbersAreNot(String argument, int current, int received) {
        assertThat(difference(Map.of(argument, current), Map.of(argument, received)))
                .isEqualTo(new Refusal.Inequivalent(Q, argument, received, current));
    }

    @ParameterizedTest
    @CsvSource({"x-dead-letter-exchange, a, b", "x-overflow, drop-head, reject-publish", "x-queue-mode, default, lazy"})
    void otherTextsAreNot(String argument, String current, String received) {
        assertThat(difference(Map.of(argument, current), Map.of(argument, received)))
                .isEqualTo(new Refusal.Inequivalent(Q, argument, received, current));
    }

    @Test
    void absentIsNotPresent() {
        assertThat(difference(Map.of(), Map.of("x-message-ttl", 100)))
                .isEqualTo(new Refusal.Inequivalent(Q, "x-message-ttl", 100, null));
        assertThat(difference(Map.of("x-message-ttl", 100), Map.of()))
                .isEqualTo(new Refusal.Inequivalent(Q, "x-message-ttl", null, 100));
    }

    @Test
    void aNumberIsNotItsText() {
        assertThat(difference(Map.of("x-message-ttl", 100), Map.of("x-message-ttl", "100")))
                .isEqualTo(new Refusal.Inequivalent(Q, "x-message-ttl", "100", 100));
    }

    @Test
    void noTypeIsClassic() {
        assertEquivalent(Map.of(), Map.of("x-queue-type", "classic"));
        assertEquivalent(Map.of("x-queue-type", "classic"), Map.of());
        assertEquivalent(Map.of("x-queue-type", "classic"), Map.of("x-queue-type", "undefined"));
    }

    @Test
    void otherTypesAreNot() {
        assertThat(difference(Map.of("x-queue-type", "quorum"), Map.of()))
                .isEqualTo(new Refusal.Inequivalent(Q, "x-queue-type", null, "quorum"));
        assertThat(difference(Map.of(), Map.of("x-queue-type", "quorum")))
                .isEqualTo(new Refusal.Inequivalent(Q, "x-queue-type", "quorum", null));
        assertThat(difference(Map.of(), Map.of("x-queue-type", "stream")))
                .isEqualTo(new Refusal.Inequivalent(Q, "x-queue-type", "stream", null));
    }

    @Test
    void argumentsThatTheTypeDoesNotKnowAreNotCompared() {
        assertEquivalent(Map.of("mine", 1), Map.of("mine", 2));
        assertEquivalent(Map.of(), Map.of("x-max-age", "1D"));
        assertEquivalent(Map.of(), Map.of("x-consumer-timeout", 5));
        assertEquivalent(quorum("x-delivery-limit", 5), quorum("x-max-priority", 5, "x-delivery-limit", 5));
    }

    @Test
    void argumentsOfThisBrokerAloneMayBeLeftOut() {
        assertEquivalent(Map.of("x-ferry-celery", true), Map.of());
        assertEquivalent(Map.of("x-ferry-celery", true), Map.of("x-ferry-celery", true));
        assertEquivalent(quorum("x-ferry-celery", true), Map.of("x-queue-type", "quorum"));
    }

    @Test
    void argumentsOfThisBrokerAloneMayNotBeChanged() {
        assertThat(difference(Map.of("x-ferry-celery", true), Map.of("x-ferry-celery", false)))
                .isEqualTo(new Refusal.Inequivalent(Q, "x-ferry-celery", false, true));
        assertThat(difference(Map.of(), Map.of("x-ferry-celery", true)))
                .isEqualTo(new Refusal.Inequivalent(Q, "x-ferry-celery", true, null));
        assertThat(difference(Map.of("x-ferry-celery", true), Map.of("x-message-ttl", 5)))
                .isEqualTo(new Refusal.Inequivalent(Q, "x-message-ttl", 5, null));
    }

    @Test
    void quorumQueuesCompareTheirOwnArguments() {
        assertThat(difference(quorum("x-delivery-limit", 5), quorum("x-delivery-limit", 6)))
                .isEqualTo(new Refusal.Inequivalent(Q, "x-delivery-limit", 6, 5));
        assertThat(difference(quorum("x-consumer-timeout", 5), quorum("x-consumer-timeout", 6)))
                .isEqualTo(new Refusal.Inequivalent(Q, "x-consumer-timeout", 6, 5));
    }

    private static void assertEquivalent(
            Map<String, @Nullable Object> current, Map<String, @Nullable Object> received) {
        assertThatNoException().isThrownBy(() -> compare(current, received));
    }

    private static Refusal difference(Map<String, @Nullable Object> current, Map<String, @Nullable Object> received) {
        return refusal(() -> compare(current, received));
    }

    private static void compare(Map<String, @Nullable Object> current, Map<String, @Nullable Object> received) {
        Broker broker = Broker.started();
        broker.queue(spec(current), QueueOwner.NOBODY);
        broker.queue(spec(received), QueueOwner.NOBODY);
    }

    private static QueueSpec spec(Map<String, @Nullable Object> arguments) {
        return new QueueSpec("q", true, false, false, QueueArguments.of(arguments));
    }

    private static Map<String, @Nullable Object> quorum(String argument, Object value) {
        return Map.of("x-queue-type", "quorum", argument, value);
    }

    private static Map<String, @Nullable Object> quorum(
            String argument, Object value, String other, Object otherValue) {
        return Map.of("x-queue-type", "quorum", argument, value, other, otherValue);
    }
}
