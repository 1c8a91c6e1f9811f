package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import io.ferrymq.broker.ValueProblem.ArgumentType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** RabbitMQ's words about arguments, to the letter. */
class InvalidArgumentTextTest {
    private static final Resource QUEUE = Resource.queue("q", "/");
    private static final Resource EXCHANGE = Resource.exchange("x", "/");

    @Test
    void namesTheTypeThatAQueueCannotUse() {
        ValueProblem noInteger = new ValueProblem.WrongType(ArgumentType.INTEGER);
        assertReason("x-expires", "soon", noInteger, "\"expected integer, got longstr\"");
        assertReason("x-expires", null, noInteger, "\"expected integer, got void\"");
        assertReason("x-priority", true, noInteger, "\"expected integer, got bool\"");
        assertReason("x-overflow", 1, new ValueProblem.WrongType(ArgumentType.TEXT), "{unacceptable_type,signedint}");
        assertReason(
                "x-overflow", Map.of(), new ValueProblem.WrongType(ArgumentType.TEXT), "{unacceptable_type,table}");
        assertReason(
                "x-single-active-consumer",
                "yes",
                new ValueProblem.WrongType(ArgumentType.FLAG),
                "{unacceptable_type,longstr}");
    }

    @Test
    void showsTheNumberThatIsOutOfRange() {
        assertReason("x-expires", 0, new ValueProblem.TooSmall(1), "{value_zero,0}");
        assertReason("x-expires", -5L, new ValueProblem.TooSmall(1), "{value_negative,-5}");
        assertReason("x-expires", 400_000_000_000L, new ValueProblem.TooLarge(9), "{value_too_large,400000000000}");
        assertReason("x-max-priority", 256, new ValueProblem.TooLarge(255), "{max_value_exceeded,256}");
    }

    @Test
    void hasAWordForEachChoice() {
        ValueProblem unknown = new ValueProblem.NotOneOf(List.of("a", "b"));
        assertReason("x-queue-type", "odd", unknown, "\"unsupported queue type 'odd'\"");
        assertReason("x-queue-version", 3, unknown, "\"unsupported queue version: 3\"");
        assertReason("x-overflow", "spill", unknown, "invalid_overflow");
        assertReason("x-queue-mode", "busy", unknown, "invalid_queue_mode");
        assertReason("x-queue-leader-locator", "moon", unknown, "invalid_queue_locator_arg");
        assertReason("x-dead-letter-strategy", "maybe", unknown, "invalid_dlx_strategy");
        assertReason("x-new", "c", unknown, "\"expected one of a, b\"");
    }

    @Test
    void explainsWhatIsMissingAndWhatCannotBeKept() {
        assertReason(
                "x-dead-letter-routing-key",
                "k",
                new ValueProblem.Needs("x-dead-letter-exchange"),
                "routing_key_but_no_dlx_defined");
        assertReason("name", "n", new ValueProblem.NotStorable("not valid Unicode"), "\"not valid Unicode\"");
    }

    @Test
    void refusesNamesOfExchangesInOtherWords() {
        ValueProblem noText = new ValueProblem.WrongType(ArgumentType.TEXT);
        assertText(
                new Refusal.InvalidArgument(QUEUE, "x-dead-letter-exchange", 1, noText),
                "invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'q' in vhost '/'");
        assertText(
                new Refusal.InvalidArgument(EXCHANGE, "alternate-exchange", 7L, noText),
                "invalid type 'long' for arg 'alternate-exchange' in exchange 'x' in vhost '/'");
    }

    @Test
    void refusesBindingsInTheWordsOfTheExchangeType() {
        assertText(
                new Refusal.InvalidArgument(EXCHANGE, "x-match", "so\"me", new ValueProblem.NotOneOf(List.of("all"))),
                "Invalid x-match field value <<\"so\\\"me\">>; expected all, any, all-with-x, or any-with-x");
        assertText(
                new Refusal.InvalidArgument(EXCHANGE, "x-match", 1, new ValueProblem.WrongType(ArgumentType.TEXT)),
                "Invalid x-match field type signedint (value 1); expected longstr");
        assertText(
                new Refusal.InvalidArgument(
                        EXCHANGE, "routing_key", "heavy", new ValueProblem.WrongType(ArgumentType.INTEGER)),
                "The binding key must be an integer: <<\"heavy\">>");
        assertText(
                new Refusal.InvalidArgument(EXCHANGE, "routing_key", "0", new ValueProblem.TooSmall(1)),
                "The binding key must be greater than 0");
        assertText(
                new Refusal.InvalidArgument(EXCHANGE, "routing_key", "10001", new ValueProblem.TooLarge(10_000)),
                "The binding key must be at most 10000");
    }

    @Test
    void refusesToHashInTheWordsOfTheExchangeType() {
        assertText(
                new Refusal.InvalidArgument(
                        EXCHANGE, "hash-property", "app_id", new ValueProblem.NotOneOf(List.of("message_id"))),
                "Unsupported property: app_id");
        assertText(
                new Refusal.InvalidArgument(
                        EXCHANGE, "hash-property", "message_id", new ValueProblem.Excludes("hash-header")),
                "hash-header and hash-property are mutually exclusive");
    }

    private static void assertReason(String argument, @Nullable Object value, ValueProblem problem, String reason) {
        assertText(
                new Refusal.InvalidArgument(QUEUE, argument, value, problem),
                "invalid arg '" + argument + "' for queue 'q' in vhost '/': " + reason);
    }

    private static void assertText(Refusal refusal, String explanation) {
        Fault fault = RefusalFaults.of(refusal);
        assertThat(fault.code().code()).isEqualTo(406);
        assertThat(fault.text()).isEqualTo("PRECONDITION_FAILED - " + explanation);
    }
}
