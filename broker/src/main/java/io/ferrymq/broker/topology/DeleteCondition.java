package io.ferrymq.broker.topology;

/** When an exchange may be deleted. */
public enum DeleteCondition {
    ALWAYS,
    /** Only while no binding is made from it. */
    IF_UNUSED
}
