/**
 * The durable command log of one shard.
 *
 * <p><b>Owns</b> every file in a shard's data directory, and the memory that holds records which may still be read. It
 * knows bytes, not messages: a record is a type, a sequence and a payload. Begin reading at {@link
 * io.ferrymq.log.JournaledLog}.
 *
 * <pre>
 *   j-*      journal segment          FileHeader, then BatchHeader and RecordFormat in turns
 *   c-*      checkpoint               CheckpointFile; c-*.tmp while it is written
 *   super.*  which checkpoint counts  Superblock
 *   free-*   a segment to be          SpareSegments
 *   t-*      transient records        RecordFormat; deleted when the log is opened
 *   lost-*   what did not belong      set aside by Tidying, never deleted
 * </pre>
 *
 * <p><b>Threads.</b> A {@link io.ferrymq.log.CommandLog} is called on its shard's lane only. The journal thread writes
 * and flushes ({@code JournalWriter}); the background thread prepares and recycles segments, writes checkpoints and
 * scratch files. Work goes to them, and its outcome comes back to the lane, as a {@code Job}.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A record is reported durable only after a flush that covers it and all records before it has returned
 *       ({@code CrashEnumerationTest}).
 *   <li>Sequences increase; one is never given to two durable records. Durable records have even ones, transient
 *       records odd ones ({@code Sequences}).
 *   <li>A record stays readable while its live count is above zero ({@code JournaledLogProperties}).
 *   <li>A failed write or flush stops the process. It is never retried ({@code WriteFailureTest}).
 *   <li>Damage is told apart from a torn tail, and is never silently cut ({@code CrashCatalogueTest}).
 *   <li>A segment's file is reused only when neither of the two checkpoints kept can lead to it ({@code SpaceTest}).
 * </ul>
 *
 * <p>What cannot be told from a torn tail: damage in the very last run of batches, if the log was not closed and no
 * checkpoint covers it.
 */
@NullMarked
package io.ferrymq.log;

import org.jspecify.annotations.NullMarked;
