/**
 * The broker inside the application: {@code memory:} and {@code file:DIR} for {@link io.ferrymq.client.Ferry}.
 *
 * <p><b>Owns</b> the brokers of this process, each with a lane, a log and the transports that use it; a broker ends with
 * the last of these. A message's properties are kept in a header format of their own ({@code EmbeddedFormat}).
 *
 * <p><b>Threads.</b> With {@code file:} a broker has one thread for its lane, {@code LaneThread}, and the log has two more; with {@code
 * memory:} the lane runs in the threads that call it, {@code SharedLane}. A call
 * becomes a task of the lane; what the lane finds waiting it does in one turn, with one flush.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>What the transport promises ({@code MemoryTransportTest}, {@code FileTransportTest}).
 *   <li>When the disk fails nothing more is written or confirmed, every future fails with the cause, and the process
 *       goes on ({@code DiskFailureTest}).
 * </ul>
 */
@NullMarked
package io.ferrymq.embedded;

import org.jspecify.annotations.NullMarked;
