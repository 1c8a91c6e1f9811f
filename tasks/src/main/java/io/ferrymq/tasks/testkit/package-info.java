/**
 * Tasks without a broker, for tests: {@link io.ferrymq.tasks.testkit.TaskTestKit} with a worker and a clock that the test
 * turns by hand, and {@link io.ferrymq.tasks.testkit.EagerTasks} where a call has run when {@code send} returns.
 *
 * <p><b>Owns</b> a transport inside the process and {@link io.ferrymq.tasks.Surroundings} in which nothing happens by
 * itself. Everything above these is the real thing: messages, workers, limits, retries, links.
 *
 * <p><b>Threads.</b> None of its own. Whoever calls the transport does the work of its broker; whoever turns the worker
 * runs the bodies, and whoever advances the clock runs what is due.
 *
 * <p><b>Invariants</b>: what a transport promises ({@code LocalTransportTest}, by the contract of all transports).
 */
@NullMarked
package io.ferrymq.tasks.testkit;

import org.jspecify.annotations.NullMarked;
