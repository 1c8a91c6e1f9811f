/**
 * Load tools and microbenchmarks, not shipped.
 *
 * <p>Owns the side-by-side measurement of {@link io.ferrymq.bench.Bench}: which scenarios are run, how a round is warmed
 * up and counted, what a broker process used, and how medians and ratios are printed. It measures brokers from outside,
 * through RabbitMQ's PerfTest and {@code /proc}, and knows nothing of FerryMQ's inside. The JMH benchmarks in the same
 * package measure single parts.
 *
 * <p>Threads: one, besides the readers of child processes' output.
 *
 * <p>Invariant: a figure that was not measured is never printed; a failed round is named with its reason.
 */
@NullMarked
package io.ferrymq.bench;

import org.jspecify.annotations.NullMarked;
