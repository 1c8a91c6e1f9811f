package io.ferrymq.broker;

/**
 * A delivered message that its consumer has not answered yet, for those who keep an object for each anyway.
 *
 * @param place see {@link Delivery#place}
 * @param mark see {@link Delivery#mark}
 */
public record Unsettled(DeliverySource source, long place, long mark) {}
