/**
 * The port that protocols see: publish, subscribe, settle, declare.
 *
 * <p><b>Owns</b> no state. A protocol reaches messages, queues and exchanges through {@link io.ferrymq.broker.Link},
 * gets them back through {@link io.ferrymq.broker.DeliverySink} and {@link io.ferrymq.broker.LinkListener}, and maps
 * every {@link io.ferrymq.broker.Refusal} to its own codes. Nothing here names a protocol. The packages below it do
 * the work: {@code shard} carries it out.
 *
 * <p><b>Threads.</b> Everything is called on the shard's lane, and calls back there, except {@link
 * io.ferrymq.broker.Broker#stop}. Refusals, requests and identities are immutable; a delivery is valid during the
 * call that brings it.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A request that is refused changes nothing ({@code ExchangeRequestsTest}, {@code QueueRequestsTest}, {@code
 *       BindingRequestsTest}).
 *   <li>A delivery that is to be settled is settled once ({@code UnsettledWindowProperties} shows it for AMQP 0-9-1).
 *   <li>Answers given to {@link io.ferrymq.broker.Link#afterDurable} run in the order of the calls ({@code
 *       ChannelTest} shows it for AMQP 0-9-1).
 * </ul>
 */
@NullMarked
package io.ferrymq.broker;

import org.jspecify.annotations.NullMarked;
