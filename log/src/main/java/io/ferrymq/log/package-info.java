/**
 * The durable command log of one shard.
 *
 * <p><b>Owns</b> every file in a shard's data directory: journal segments, checkpoints and the superblock, and the
 * memory that holds records which may still be read. It knows bytes, not messages: a record is a type, a sequence and
 * a payload.
 *
 * <p><b>Threads.</b> A {@link io.ferrymq.log.CommandLog} is called on its shard's lane only. One journal thread writes
 * and flushes; it hands its results back to the lane. A background thread prepares segments and writes checkpoints.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A record is reported durable only after a flush that covers it and all records before it has returned.
 *   <li>Sequences increase; one is never given to two durable records.
 *   <li>A record stays readable while its live count is above zero.
 *   <li>A failed write or flush stops the process. It is never retried.
 *   <li>Damage is told apart from a torn tail, and is never silently cut.
 * </ul>
 */
@NullMarked
package io.ferrymq.log;

import org.jspecify.annotations.NullMarked;
