/**
 * Who may touch state: one lane, and everything that happens on it.
 *
 * <p><b>Owns</b> the state of one shard ({@link io.ferrymq.broker.shard.LocalBroker}): topology, users, queues,
 * links. A request is checked against the newest state, becomes commands, is applied at once and appended to the log;
 * what it did is shown when it is durable. The same commands are applied again in recovery.
 *
 * <p>{@code Publishing} stores a message, {@code DeadLetters} sends it on, {@code Turn} does once for a burst what
 * costs by the call, {@code Gates} holds answers and confirms, {@code Links} what concerns all clients, {@code
 * ShardState} is what outlives a restart.
 *
 * <p><b>Threads.</b> The lane, which is an event loop of the network; in a test, whatever cranks it. {@link
 * io.ferrymq.broker.shard.LocalBroker#stop} comes from another thread and waits for the lane.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A confirm, an answer to a declaration or a delivery of a durable message leaves only when the log is durable
 *       up to it ({@code KillTest}).
 *   <li>After a restart the state is that of the commands that were durable ({@code KillTest}, {@code
 *       RabbitJavaRecoveryTest}).
 *   <li>A dead letter is in the log before its original leaves it.
 *   <li>A settlement is in the log at most {@code settleDelayMillis} and a flush after it was made.
 *   <li>A number of a record type never changes its meaning.
 * </ul>
 *
 * <p><b>Specification.</b> The formats are those of {@code ShardState}, {@code RecordType} and what these name.
 */
@NullMarked
package io.ferrymq.broker.shard;

import org.jspecify.annotations.NullMarked;
