package io.ferrymq.broker;

/**
 * One message that was set aside, because what is stored of it is damaged or cannot be understood.
 *
 * @param id names it in its place; the sequence of its record in the log. A message that was in several queues has the
 *     same id in each
 * @param place the queue that it was in or that held it for later, or the exchange that held it
 * @param setAsideMillis when, milliseconds since 1970
 * @param reason what is wrong with it; names the file and the position of the damage, if that is where it is
 * @param bodyBytes the length of its body; -1 if nothing tells
 * @param persistent whether this entry outlives a restart, as the message did
 */
public record DamagedMessage(
        long id, Resource place, long setAsideMillis, String reason, int bodyBytes, boolean persistent) {}
