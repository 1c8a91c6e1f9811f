package io.ferrymq.broker.access;

/** Where a connection comes from. */
public enum Origin {
    /** From this machine, over an address that leads to no other. */
    LOOPBACK,
    REMOTE
}
