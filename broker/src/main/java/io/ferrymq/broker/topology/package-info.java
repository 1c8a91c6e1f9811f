/**
 * What exists: virtual hosts, exchanges, queues' declarations, bindings.
 *
 * <p><b>Owns</b> every declaration and binding, and the numbers by which the log refers to queues. It does not own what
 * queues hold ({@code queue}) nor who may change it ({@code access}).
 *
 * <p>A request is checked and becomes commands: {@link io.ferrymq.broker.topology.TopologyRequests}. A command takes
 * effect: {@link io.ferrymq.broker.topology.Topology#apply}, which is the same at run time, when a checkpoint is restored
 * and when the log is replayed. Commands and checkpoints have the formats of {@code TopologyCommandCodec} and {@code
 * TopologySnapshot}.
 *
 * <p><b>Threads.</b> Everything here is owned by the shard's lane. Commands and specs are immutable.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A binding's two ends exist and know it, so that deleting takes time proportional to what is deleted ({@code
 *       TopologyProperties}).
 *   <li>An exclusive queue has an owner and is not durable ({@code QueueRequestsTest}).
 *   <li>An auto-delete exchange does not outlive its last binding ({@code AutoDeletionTest}).
 *   <li>A queue number names one queue for ever, if the queue is durable, and else for the life of the process ({@code
 *       QueueRequestsTest}, {@code TopologyProperties}).
 *   <li>Whatever was accepted can be written to the log and a checkpoint and read back as it was ({@code
 *       TopologyProperties}).
 * </ul>
 *
 * <p><b>Specification.</b> AMQP 0-9-1, classes exchange and queue; RabbitMQ 4 where it says more or differs.
 */
@NullMarked
package io.ferrymq.broker.topology;

import org.jspecify.annotations.NullMarked;
