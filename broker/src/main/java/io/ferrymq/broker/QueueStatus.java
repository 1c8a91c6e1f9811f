package io.ferrymq.broker;

/**
 * A queue as a declaration reports it.
 *
 * @param name its name, chosen by the broker if none was given
 * @param messagesReady messages that wait, without those delivered and not settled
 * @param consumers active subscriptions
 */
public record QueueStatus(String name, long messagesReady, int consumers) {}
