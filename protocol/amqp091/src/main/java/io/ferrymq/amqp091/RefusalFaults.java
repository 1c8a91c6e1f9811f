package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import java.util.Locale;

/**
 * Every refusal of the broker in RabbitMQ's codes and words. Libraries and people's tests parse these texts, so they are
 * kept to the letter, Erlang terms included.
 */
final class RefusalFaults {
    private RefusalFaults() {}

    static Fault of(Refusal refusal) {
        return switch (refusal) {
            case Refusal.NotFound r -> fault(ReplyCode.NOT_FOUND, "no " + phrase(r.resource()));
            case Refusal.Inequivalent r -> failed(inequivalent(r));
            case Refusal.InvalidArgument r -> failed(InvalidArgumentText.of(r));
            case Refusal.UnsupportedArgument r ->
                failed("invalid arg '" + r.argument() + "' for " + phrase(r.resource()) + " of queue type rabbit_"
                        + r.queueType() + "_queue");
            case Refusal.UnsupportedProperty r ->
                failed("invalid property '" + r.property() + "' for " + phrase(r.resource()));
            case Refusal.UnknownExchangeType r -> failed("unknown exchange type '" + r.type() + "'");
            case Refusal.ReservedName r ->
                denied(kind(r.resource()) + " name '" + r.resource().name() + "' contains reserved prefix 'amq.*'");
            case Refusal.DefaultExchange r -> denied("operation not permitted on the default exchange");
            case Refusal.SystemExchange r -> denied("deletion of system " + phrase(r.resource()) + " not allowed");
            case Refusal.InternalExchange r -> denied("cannot publish to internal " + phrase(r.resource()));
            case Refusal.PermissionDenied r -> denied(permission(r));
            case Refusal.Locked r -> locked(r);
            case Refusal.InExclusiveUse r -> denied(phrase(r.resource()) + " in exclusive use");
            case Refusal.FetchNotSupported r -> fetchNotSupported(r);
            case Refusal.InUse r -> failed(phrase(r.resource()) + " in use");
            case Refusal.Unreadable r -> failed("a message of " + phrase(r.place()) + " cannot be read: " + r.why());
            case Refusal.NotEmpty r -> failed(phrase(r.resource()) + " not empty");
            case Refusal.LimitReached r -> failed(r.limit() + " limit (" + r.maximum() + ") is reached");
            case Refusal.VhostNotFound r -> fault(ReplyCode.NOT_ALLOWED, "vhost " + r.vhost() + " not found");
            case Refusal.VhostDenied r ->
                fault(ReplyCode.NOT_ALLOWED, "access to vhost '" + r.vhost() + "' refused for user '" + r.user() + "'");
            case Refusal.LoginFailed r -> denied("Login was refused. For details see the broker logfile.");
            case Refusal.UserNotFound r -> fault(ReplyCode.NOT_FOUND, "no user '" + r.user() + "'");
            case Refusal.InvalidText r -> failed("invalid " + r.what() + " '" + r.text() + "': " + r.why());
            case Refusal.TopicDenied r ->
                denied(r.permission().name().toLowerCase(Locale.ROOT) + " access to topic '" + r.routingKey() + "' in "
                        + phrase(r.exchange()) + " refused for user '" + r.user() + "'");
        };
    }

    private static Fault fault(ReplyCode code, String explanation) {
        return new Fault(code, explanation);
    }

    private static Fault failed(String explanation) {
        return fault(ReplyCode.PRECONDITION_FAILED, explanation);
    }

    private static Fault denied(String explanation) {
        return fault(ReplyCode.ACCESS_REFUSED, explanation);
    }

    private static String kind(Resource resource) {
        return switch (resource.kind()) {
            case EXCHANGE -> "exchange";
            case QUEUE -> "queue";
        };
    }

    /** A resource as RabbitMQ names it in all of its texts. */
    static String phrase(Resource resource) {
        return phrase(resource, resource.name());
    }

    private static String phrase(Resource resource, String name) {
        return kind(resource) + " '" + name + "' in vhost '" + resource.vhost() + "'";
    }

    private static String inequivalent(Refusal.Inequivalent refusal) {
        Object received = refusal.received();
        Object current = refusal.current();
        boolean both = received != null && current != null;
        return "inequivalent arg '" + refusal.argument() + "' for " + phrase(refusal.resource()) + ": received "
                + (both ? ErlangTerms.quoted(received) : ErlangTerms.typed(received)) + " but current is "
                + (both ? ErlangTerms.quoted(current) : ErlangTerms.typed(current));
    }

    private static String permission(Refusal.PermissionDenied refusal) {
        Resource resource = refusal.resource();
        boolean isDefault =
                resource.kind() == Resource.Kind.EXCHANGE && resource.name().isEmpty();
        String verb = switch (refusal.permission()) {
            case CONFIGURE -> "configure";
            case WRITE -> "write";
            case READ -> "read";
        };
        return verb + " access to " + phrase(resource, isDefault ? "amq.default" : resource.name())
                + " refused for user '" + refusal.user() + "'";
    }

    private static Fault locked(Refusal.Locked refusal) {
        return fault(
                ReplyCode.RESOURCE_LOCKED,
                "cannot obtain exclusive access to locked " + phrase(refusal.resource())
                        + ". It could be originally declared on another connection or the exclusive property value"
                        + " does not match that of the original declaration.");
    }

    private static Fault fetchNotSupported(Refusal.FetchNotSupported refusal) {
        return fault(
                ReplyCode.RESOURCE_LOCKED,
                "cannot obtain access to locked " + phrase(refusal.resource())
                        + ". basic.get operations are not supported by <<\"" + refusal.queueType()
                        + "\">> queues with single active consumer");
    }
}
