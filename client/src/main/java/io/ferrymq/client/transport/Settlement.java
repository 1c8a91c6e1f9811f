package io.ferrymq.client.transport;

/** What a consumer answers to a delivery. */
public enum Settlement {
    /** Done: forget it. */
    ACCEPT,
    /** Back to the queue. */
    REQUEUE,
    /** Never again: dead-letter it if the queue says so, else forget it. */
    REJECT
}
