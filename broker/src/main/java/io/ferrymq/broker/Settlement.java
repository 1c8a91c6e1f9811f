package io.ferrymq.broker;

/** What becomes of a delivery: what its consumer answers, or what its end says. */
public enum Settlement {
    /** Done: forget it. */
    ACCEPT,
    /** Never again: dead-letter it if the queue says so, else forget it. */
    REJECT,
    /** Back to its place in the queue, because its consumer failed or is gone. */
    REQUEUE,
    /** Back to its place in the queue, though nothing failed: the consumer lets go of it. */
    RELEASE
}
