package io.ferrymq.wire;

/** Whether a listener's connections come through a proxy that announces them with a PROXY protocol header. */
public enum ProxyHeader {
    /** Connections begin with the protocol, or with TLS. */
    NONE,
    /** Connections begin with a header of version 1 or 2; one without is closed. */
    REQUIRED
}
