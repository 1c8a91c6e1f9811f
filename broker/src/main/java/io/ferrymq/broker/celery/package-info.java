/**
 * What a queue that understands Celery's tasks needs to know of them.
 *
 * <p><b>Owns</b> the ids of revoked tasks ({@link io.ferrymq.broker.celery.Revocations}); the rest is reading and writing
 * what Celery's programs say to each other: the headers of a task ({@link io.ferrymq.broker.celery.TaskHeaders}), a
 * worker's remote control ({@link io.ferrymq.broker.celery.RevokeCommand}) and its results ({@link
 * io.ferrymq.broker.celery.RevokedResult}). Headers are read through the message's own format, so nothing here depends on
 * a protocol. What is done about it is decided in {@code io.ferrymq.broker.shard.CeleryTasks}.
 *
 * <p><b>Threads.</b> {@code Revocations} is owned by the shard's lane; the rest is stateless.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>The ids that are revoked are the same at run time, from the log and from a checkpoint ({@code
 *       RevocationsProperties}).
 *   <li>Whatever is published to the control exchange is a command or is ignored ({@code RevokeCommandFuzz}).
 * </ul>
 *
 * <p><b>Specification.</b> Celery's task message protocol, version 2; kombu's {@code pidbox}; the result messages of
 * Celery's {@code rpc://} backend.
 */
@NullMarked
package io.ferrymq.broker.celery;

import org.jspecify.annotations.NullMarked;
