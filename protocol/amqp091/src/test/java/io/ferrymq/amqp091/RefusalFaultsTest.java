package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Refusal.Permission;
import io.ferrymq.broker.Resource;
import org.junit.jupiter.api.Test;

/** RabbitMQ's words, to the letter. */
class RefusalFaultsTest {
    private static final Resource QUEUE = Resource.queue("q", "/");
    private static final Resource EXCHANGE = Resource.exchange("x", "/");

    private static void assertText(Refusal refusal, int code, String text) {
        Fault fault = RefusalFaults.of(refusal);
        assertThat(fault.code().code()).isEqualTo(code);
        assertThat(fault.text()).isEqualTo(text);
    }

    @Test
    void saysWhatDoesNotExist() {
        assertText(new Refusal.NotFound(QUEUE), 404, "NOT_FOUND - no queue 'q' in vhost '/'");
        assertText(new Refusal.NotFound(EXCHANGE), 404, "NOT_FOUND - no exchange 'x' in vhost '/'");
        assertText(new Refusal.VhostNotFound("v"), 530, "NOT_ALLOWED - vhost v not found");
    }

    @Test
    void showsBothValuesOfADifference() {
        assertText(
                new Refusal.Inequivalent(QUEUE, "durable", true, false),
                406,
                "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/': "
                        + "received 'true' but current is 'false'");
        assertText(
                new Refusal.Inequivalent(QUEUE, "x-message-ttl", 1000, 60000L),
                406,
                "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': "
                        + "received '1000' but current is '60000'");
    }

    @Test
    void showsTheTypeWhenOneSideHasNoValue() {
        assertText(
                new Refusal.Inequivalent(QUEUE, "x-message-ttl", 100L, null),
                406,
                "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': "
                        + "received the value '100' of type 'long' but current is none");
        assertText(
                new Refusal.Inequivalent(QUEUE, "x-queue-type", null, "quorum"),
                406,
                "PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': "
                        + "received none but current is the value 'quorum' of type 'longstr'");
    }

    @Test
    void namesTheInternalQueueType() {
        assertText(
                new Refusal.UnsupportedArgument(QUEUE, "x-max-priority", "quorum"),
                406,
                "PRECONDITION_FAILED - invalid arg 'x-max-priority' for queue 'q' in vhost '/' "
                        + "of queue type rabbit_quorum_queue");
        assertText(
                new Refusal.UnsupportedProperty(QUEUE, "non-durable"),
                406,
                "PRECONDITION_FAILED - invalid property 'non-durable' for queue 'q' in vhost '/'");
    }

    @Test
    void protectsNamesAndPredeclaredExchanges() {
        assertText(
                new Refusal.ReservedName(Resource.queue("amq.x", "/")),
                403,
                "ACCESS_REFUSED - queue name 'amq.x' contains reserved prefix 'amq.*'");
        assertText(
                new Refusal.DefaultExchange(), 403, "ACCESS_REFUSED - operation not permitted on the default exchange");
        assertText(
                new Refusal.SystemExchange(Resource.exchange("amq.topic", "/")),
                403,
                "ACCESS_REFUSED - deletion of system exchange 'amq.topic' in vhost '/' not allowed");
        assertText(
                new Refusal.InternalExchange(EXCHANGE),
                403,
                "ACCESS_REFUSED - cannot publish to internal exchange 'x' in vhost '/'");
        assertText(new Refusal.UnknownExchangeType("odd"), 406, "PRECONDITION_FAILED - unknown exchange type 'odd'");
    }

    @Test
    void namesTheMissingPermission() {
        assertText(
                new Refusal.PermissionDenied(Permission.CONFIGURE, QUEUE, "u"),
                403,
                "ACCESS_REFUSED - configure access to queue 'q' in vhost '/' refused for user 'u'");
        assertText(
                new Refusal.PermissionDenied(Permission.WRITE, Resource.exchange("", "/"), "u"),
                403,
                "ACCESS_REFUSED - write access to exchange 'amq.default' in vhost '/' refused for user 'u'");
        assertText(
                new Refusal.TopicDenied(Permission.WRITE, "k", EXCHANGE, "u"),
                403,
                "ACCESS_REFUSED - write access to topic 'k' in exchange 'x' in vhost '/' refused for user 'u'");
        assertText(new Refusal.VhostDenied("v", "u"), 530, "NOT_ALLOWED - access to vhost 'v' refused for user 'u'");
    }

    @Test
    void tellsWhoElseUsesAQueue() {
        assertText(
                new Refusal.Locked(QUEUE),
                405,
                "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q' in vhost '/'. It could be "
                        + "originally declared on another connection or the exclusive property value does not match "
                        + "that of the original declaration.");
        assertText(new Refusal.InExclusiveUse(QUEUE), 403, "ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use");
        assertText(new Refusal.InUse(QUEUE), 406, "PRECONDITION_FAILED - queue 'q' in vhost '/' in use");
        assertText(
                new Refusal.Unreadable(QUEUE, "j-2 is missing"),
                406,
                "PRECONDITION_FAILED - a message of queue 'q' in vhost '/' cannot be read: j-2 is missing");
        assertText(new Refusal.NotEmpty(QUEUE), 406, "PRECONDITION_FAILED - queue 'q' in vhost '/' not empty");
        assertText(
                new Refusal.FetchNotSupported(QUEUE, "quorum"),
                405,
                "RESOURCE_LOCKED - cannot obtain access to locked queue 'q' in vhost '/'. basic.get operations are "
                        + "not supported by <<\"quorum\">> queues with single active consumer");
    }
}
