package io.ferrymq.wire;

/** What a TLS listener wants of the client's certificate. */
public enum ClientVerification {
    /** It is not asked for. */
    NONE,
    /** It is asked for; a client without one is let in, a client with one that is not trusted is not. */
    REQUEST,
    /** A client without a trusted certificate is not let in. */
    REQUIRE
}
