/**
 * A whole broker on one thread, a clock that stands still and a disk that forgets; and the promise that it is held to.
 *
 * <p>{@link io.ferrymq.broker.simulation.World} is the broker with everything around it cranked by hand. {@link
 * io.ferrymq.broker.simulation.Workload} does what clients do, in an order that a seed decides. {@link
 * io.ferrymq.broker.simulation.Promise} knows what clients were told, not how it came about, and holds every delivery,
 * answer and count against it; {@link io.ferrymq.broker.simulation.Aftermath} does so with what is found when power
 * comes back.
 * Delayed messages have a client and a promise of their own: {@link io.ferrymq.broker.simulation.Planner} and {@link
 * io.ferrymq.broker.simulation.Appointments}.
 */
@NullMarked
package io.ferrymq.broker.simulation;

import org.jspecify.annotations.NullMarked;
