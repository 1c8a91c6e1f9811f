/**
 * Queues and promises: {@link io.ferrymq.client.Ferry} opens a broker, in this process or over the network, and {@link
 * io.ferrymq.client.MessageQueue} is a queue in it.
 *
 * <p><b>Owns</b> what stands between a transport and an application: values as messages, waiting to put and to take,
 * handlers, retries, replies. {@code Intake} holds what was delivered here, {@code Outlet} what is being put.
 *
 * <p><b>Threads.</b> Any thread may call anything. A call that blocks parks its thread and holds no lock, so it is cheap
 * on a virtual thread, and can be interrupted. Handlers, subscribers and what is attached to futures run on threads of
 * their own, virtual ones where the JVM has them ({@code Threads}).
 *
 * <p><b>Invariants</b>, each a test of {@code MessageQueueContract}:
 *
 * <ul>
 *   <li>A put that returned is on disk, if the queue and the message are durable.
 *   <li>Every message that was taken is settled, or comes again.
 *   <li>What nobody takes here is given back, so that others may take it.
 *   <li>Closing wakes everyone.
 * </ul>
 */
@NullMarked
package io.ferrymq.client;

import org.jspecify.annotations.NullMarked;
