package io.ferrymq.log;

/**
 * What a log has done since it was opened and what it holds now.
 *
 * @param flushes completed flushes of the journal
 * @param bytesWritten bytes written to the journal, headers included
 * @param segments journal segments on disk, spare ones not counted
 * @param diskBytes bytes of all files
 * @param checkpoints completed checkpoints
 * @param recordsReplayed records applied again when the log was opened
 */
public record LogStatistics(
        long flushes, long bytesWritten, int segments, long diskBytes, long checkpoints, long recordsReplayed) {}
