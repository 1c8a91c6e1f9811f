/**
 * Who gets it: the consumers of one queue, whose turn it is, and who has no credit.
 *
 * <p><b>Owns</b> the order of a queue's consumers. Credit is the session's: a sink is asked before each delivery, and
 * a consumer whose sink said no is parked until it resumes. What is delivered is the queue's.
 *
 * <p><b>Threads.</b> Owned by the shard's lane.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>A consumer gets nothing while one of higher priority has credit; within a priority they take turns ({@code
 *       conformance/python/test_consuming.py}).
 *   <li>With a single active consumer no other one gets anything, and the next takes over when it ends (same file).
 *   <li>In a quorum queue a single active consumer gives way to one of a higher priority once everything delivered is
 *       settled ({@code ConsumersTest}).
 *   <li>A parked consumer costs nothing until it resumes.
 * </ul>
 *
 * <p><b>Specification.</b> AMQP 0-9-1, 1.8.3.3 (consume); RabbitMQ: consumer priorities, single active consumer.
 */
@NullMarked
package io.ferrymq.broker.delivery;

import org.jspecify.annotations.NullMarked;
