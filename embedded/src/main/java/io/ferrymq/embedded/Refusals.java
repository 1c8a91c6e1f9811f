package io.ferrymq.embedded;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.RequestException.Reason;
import java.util.Locale;

/** The broker's refusals in the words of the client. */
final class Refusals {
    private Refusals() {}

    static RequestException requestException(RefusedException refused) {
        Refusal refusal = refused.refusal();
        return new RequestException(reason(refusal), text(refusal), refused);
    }

    private static Reason reason(Refusal refusal) {
        return switch (refusal) {
            case Refusal.NotFound r -> Reason.NOT_FOUND;
            case Refusal.VhostNotFound r -> Reason.NOT_FOUND;
            case Refusal.UserNotFound r -> Reason.NOT_FOUND;
            case Refusal.Inequivalent r -> Reason.DIFFERENT;
            case Refusal.PermissionDenied r -> Reason.DENIED;
            case Refusal.TopicDenied r -> Reason.DENIED;
            case Refusal.VhostDenied r -> Reason.DENIED;
            case Refusal.LoginFailed r -> Reason.DENIED;
            case Refusal.DefaultExchange r -> Reason.DENIED;
            case Refusal.SystemExchange r -> Reason.DENIED;
            case Refusal.InternalExchange r -> Reason.DENIED;
            case Refusal.ReservedName r -> Reason.DENIED;
            case Refusal.LimitReached r -> Reason.DENIED;
            case Refusal.Locked r -> Reason.IN_USE;
            case Refusal.InExclusiveUse r -> Reason.IN_USE;
            case Refusal.InUse r -> Reason.IN_USE;
            case Refusal.Unreadable r -> Reason.INVALID;
            case Refusal.NotEmpty r -> Reason.IN_USE;
            case Refusal.InvalidArgument r -> Reason.INVALID;
            case Refusal.UnsupportedArgument r -> Reason.INVALID;
            case Refusal.UnsupportedProperty r -> Reason.INVALID;
            case Refusal.UnknownExchangeType r -> Reason.INVALID;
            case Refusal.FetchNotSupported r -> Reason.INVALID;
            case Refusal.InvalidText r -> Reason.INVALID;
        };
    }

    private static String text(Refusal refusal) {
        return switch (refusal) {
            case Refusal.NotFound r -> "no " + named(r.resource());
            case Refusal.Inequivalent r ->
                named(r.resource()) + " exists with another '" + r.argument() + "': asked for " + r.received()
                        + ", there is " + r.current();
            case Refusal.InvalidArgument r ->
                named(r.resource()) + " cannot have " + r.value() + " for '" + r.argument() + "': " + r.problem();
            case Refusal.Locked r -> named(r.resource()) + " is exclusive to another connection";
            case Refusal.ReservedName r -> named(r.resource()) + ": names that begin with 'amq.' belong to the broker";
            default -> refusal.toString();
        };
    }

    private static String named(Resource resource) {
        return resource.kind().name().toLowerCase(Locale.ROOT) + " '" + resource.name() + "'";
    }
}
