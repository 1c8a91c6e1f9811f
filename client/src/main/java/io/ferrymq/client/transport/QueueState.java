package io.ferrymq.client.transport;

/**
 * A queue as the broker sees it at a moment.
 *
 * @param ready messages that wait, without those delivered and not settled
 * @param consumers how many consume it
 */
public record QueueState(String name, long ready, int consumers) {}
