/**
 * Tasks: work that is handed to workers by name, in Celery's words and in its messages, so that either side may be
 * Celery.
 *
 * <p><b>Owns</b> what a program defines and calls ({@link io.ferrymq.tasks.Tasks}, {@link io.ferrymq.tasks.Task}), the
 * results it waits for ({@link io.ferrymq.tasks.AsyncResult}) and how calls are put together ({@link
 * io.ferrymq.tasks.Chain}, {@link io.ferrymq.tasks.Group}). Workers are in {@code .worker}, messages in {@code .message}.
 *
 * <p><b>Threads.</b> Everything public may be used from any thread.
 *
 * <p><b>Specification.</b> Celery 5: calling, canvas, workers, results over {@code rpc://}.
 */
@NullMarked
package io.ferrymq.tasks;

import org.jspecify.annotations.NullMarked;
