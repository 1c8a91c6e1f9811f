package io.ferrymq.wire;

/** Why a connection ended. */
public sealed interface CloseCause {
    /** The peer ended its stream. */
    record ByPeer() implements CloseCause {}

    /** This side called {@link Connection#close} or {@link Connection#closeNow}. */
    record ByUs() implements CloseCause {}

    /** A reset, a TLS error, or an exception out of the handler. */
    record Failed(Throwable error) implements CloseCause {}
}
