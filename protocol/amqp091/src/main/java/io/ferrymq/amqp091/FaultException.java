package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;

/** Ends the handling of a method with a {@link Fault}. Has no stack trace: it tells about the peer, not about us. */
final class FaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // Never serialised; the fault is a record of plain values.
    private final Fault fault;

    private final int methodId;

    FaultException(ReplyCode code, String explanation) {
        this(new Fault(code, explanation), 0);
    }

    /** A fault of the method with this {@link io.ferrymq.amqp091.codec.Method#id}; 0 if it was in none. */
    FaultException(Fault fault, int methodId) {
        super(fault.text(), null, false, false);
        this.fault = fault;
        this.methodId = methodId;
    }

    Fault fault() {
        return fault;
    }

    int methodId() {
        return methodId;
    }
}
