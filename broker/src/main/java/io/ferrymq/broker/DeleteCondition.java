package io.ferrymq.broker;

/** When something may be deleted. */
public enum DeleteCondition {
    /** Only if a queue has no consumers, or an exchange no bindings. */
    IF_UNUSED,
    /** Only if a queue holds no messages. */
    IF_EMPTY
}
