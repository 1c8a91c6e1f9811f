package io.ferrymq.client.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.RequestException.Reason;
import java.util.Optional;

/** What the end of a channel or a connection means. Stateless. */
final class Faults {
    private Faults() {}

    /**
     * What the broker has against a request; empty if the connection just went, or had gone over an earlier request, and
     * this one may be made again.
     */
    static Optional<RequestException> refusal(Throwable error) {
        Throwable cause = error;
        while (!(cause instanceof ShutdownSignalException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        boolean ofThisRequest = cause instanceof ShutdownSignalException && !(cause instanceof AlreadyClosedException);
        return ofThisRequest ? refusal((ShutdownSignalException) cause) : Optional.empty();
    }

    static Optional<RequestException> refusal(ShutdownSignalException signal) {
        Method method = signal.getReason();
        if (signal.isInitiatedByApplication()) {
            return Optional.empty();
        }
        if (method instanceof AMQP.Channel.Close close) {
            return Optional.of(refusal(close.getReplyCode(), close.getReplyText(), signal));
        }
        if (method instanceof AMQP.Connection.Close close && close.getReplyCode() != AMQP.CONNECTION_FORCED) {
            return Optional.of(refusal(close.getReplyCode(), close.getReplyText(), signal));
        }
        return Optional.empty();
    }

    /** Whether it is somebody else's for now: a former connection of ours, perhaps. */
    static boolean isInUse(RequestException refusal) {
        return refusal.reason() == Reason.IN_USE;
    }

    private static RequestException refusal(int code, String text, ShutdownSignalException signal) {
        Reason reason = switch (code) {
            case AMQP.NOT_FOUND -> Reason.NOT_FOUND;
            case AMQP.ACCESS_REFUSED -> text.contains("in exclusive use") ? Reason.IN_USE : Reason.DENIED;
            case AMQP.NOT_ALLOWED -> Reason.DENIED;
            case AMQP.RESOURCE_LOCKED -> Reason.IN_USE;
            case AMQP.PRECONDITION_FAILED -> text.contains("inequivalent arg") ? Reason.DIFFERENT : Reason.INVALID;
            default -> Reason.INVALID;
        };
        return new RequestException(reason, text, signal);
    }
}
