/**
 * Where a message waits: index, flight, bounds, time, settling.
 *
 * <p><b>Owns</b> for each queue the order of its messages ({@link io.ferrymq.broker.queue.Queue}): the index of all
 * that are not settled, those at consumers, those that came back, how often each failed, and what was settled and is
 * not in the log yet. The bytes of messages are the log's, and only sequences stand here.
 *
 * <p>{@code Content} holds and forgets, {@code Pump} hands out and keeps the bound, {@code Clock} lets expire. Below
 * them {@code Waiting} has a {@code Level} for each priority, and a level a {@code Chain} of {@code IndexPage}s.
 *
 * <p><b>Threads.</b> Owned by the shard's lane.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A chain behaves like a list: in order, each entry settled once, by itself or by ranges of sequences, also
 *       after a checkpoint ({@code ChainProperties}).
 *   <li>No durable message is handed out before it is durable, and none behind it overtakes it ({@code KillTest}).
 *   <li>A message that comes back takes its old place ({@code conformance/python/test_acknowledging.py}).
 *   <li>What is settled leaves index, failure counts and log together, and is in the next settle record ({@code
 *       KillTest}).
 *   <li>There is no object for a message that waits, only for one that was handed out.
 * </ul>
 *
 * <p><b>Specification.</b> RabbitMQ 4: time to live, queue length limits, priorities, delivery limit. The formats are
 * those of {@code IndexPage} and {@code PendingSettles}.
 */
@NullMarked
package io.ferrymq.broker.queue;

import org.jspecify.annotations.NullMarked;
