package io.ferrymq.broker;

/** What a consumer answers to a delivery. */
public enum Settlement {
    /** Done: forget it. */
    ACCEPT,
    /** Never again: dead-letter it if the queue says so, else forget it. */
    REJECT,
    /** Back to its place in the queue; it counts as a failed delivery where the queue counts. */
    REQUEUE
}
