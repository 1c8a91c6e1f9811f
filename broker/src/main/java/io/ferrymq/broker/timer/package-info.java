/**
 * When a delayed message is due.
 *
 * <p><b>Owns</b> the order of all messages of a shard that wait for their time ({@link
 * io.ferrymq.broker.timer.Timetable}), and the form in which such a message is stored ({@link
 * io.ferrymq.broker.timer.DelayRecord}). The bytes of messages are the log's; only due times and sequences stand here.
 * What happens when a message is due is decided in {@code io.ferrymq.broker.shard.Delays}.
 *
 * <p>{@code Tier}s of {@code Bucket}s of {@code DuePage}s hold what is far, {@code Near} the next two seconds, {@code
 * Holders} which exchange or queue holds what.
 *
 * <p><b>Threads.</b> Owned by the shard's lane.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A timetable behaves like a map sorted by due time and sequence, whatever is added, taken away and opened, also
 *       after a checkpoint ({@code TimetableProperties}).
 *   <li>There is no object for a message that waits; a million take a few megabytes ({@code TimetableMemoryTest}).
 *   <li>A delayed message is routed once: not early, not twice, and not never ({@code BrokerSimulation}).
 * </ul>
 *
 * <p><b>Specification.</b> RabbitMQ's plug-in for delayed messages. The formats are those of {@code DelayRecord},
 * {@code Timetable} and what these name.
 */
@NullMarked
package io.ferrymq.broker.timer;

import org.jspecify.annotations.NullMarked;
