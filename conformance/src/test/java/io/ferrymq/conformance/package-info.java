/**
 * Foreign clients against a broker that was started as a user starts it, and the rules of the tree
 * ({@code ArchitectureTest}).
 *
 * <p>Owns what a client may rely on: each test is a program that someone could have written for RabbitMQ. {@link
 * io.ferrymq.conformance.BrokerProcess} starts {@code ./ferry start}; {@code -Dbroker.command=…} starts another broker
 * and {@code -Damqp.uri=…} takes one that runs, so that the tests themselves can be proved against RabbitMQ.
 *
 * <p>Threads: those of the clients.
 */
@NullMarked
package io.ferrymq.conformance;

import org.jspecify.annotations.NullMarked;
