package io.ferrymq.tasks.schedule;

import java.time.Instant;

/**
 * That an entry has fired.
 *
 * @param tick when it was to fire; for one that was asked for, when that was
 * @param fired when it did
 * @param taskId the call that was made
 */
public record Firing(Instant tick, Instant fired, String taskId) {}
