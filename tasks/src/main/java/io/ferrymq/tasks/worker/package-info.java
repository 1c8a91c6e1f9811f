/**
 * Workers: they take calls out of queues, run them, and send what became of them.
 *
 * <p><b>Owns</b> the life of one call in a worker:
 *
 * <pre>
 *   state      on                                          does
 *   received   no task message, or of an unknown task      rejects the message: end
 *   received   revoked, or expired                         acknowledges, sends REVOKED: end
 *   received   its time has not come                       waits
 *   received   a slot is free                              acknowledges if that is done early: runs
 *   runs       it returns                                  sends SUCCESS, calls what follows: end
 *   runs       it throws, and may be tried again           sends itself once more with a time, sends RETRY: end
 *   runs       it throws                                   sends FAILURE, calls what follows failures: end
 *   runs       over its soft limit, or terminated          is interrupted; what it throws then is its failure
 *   runs       over its hard limit                         is given up: sends FAILURE, frees the slot: end
 *   end                                                    acknowledges if that is done late
 * </pre>
 *
 * <p><b>Threads.</b> Messages come in on the transport's thread, which decides and never blocks. Bodies run on threads
 * of their own, as many at a time as the worker's concurrency. One timer thread keeps times and limits.
 *
 * <p><b>Specification.</b> Celery 5: workers, remote control, events.
 */
@NullMarked
package io.ferrymq.tasks.worker;

import org.jspecify.annotations.NullMarked;
