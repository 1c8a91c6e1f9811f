/**
 * What Celery's programs say to each other: task messages, results, and the values in them.
 *
 * <p><b>Owns</b> the mapping between these messages and immutable Java types. Nothing here knows how a message travels.
 *
 * <p><b>Threads.</b> Everything is immutable or stateless.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A value that was written is read back as the same ({@code KombuJsonTest}).
 *   <li>Arbitrary bytes are a message or a {@link io.ferrymq.tasks.message.BadMessageException}, with bounded memory
 *       ({@code TaskMessageFuzz}).
 *   <li>Nothing is ever built from Python's pickle: such a message is refused by its content type.
 * </ul>
 *
 * <p><b>Specification.</b> Celery's message protocol, version 2, and version 1 as far as workers still read it; kombu's
 * JSON serializer.
 */
@NullMarked
package io.ferrymq.tasks.message;

import org.jspecify.annotations.NullMarked;
