/**
 * RabbitMQ's definitions files: what a management export holds, as plain records.
 *
 * <p><b>Owns</b> the reading and its messages; applying them is the assembly's part.
 *
 * <p><b>Threads.</b> The thread that starts the server; the records are immutable.
 *
 * <p><b>Specification.</b> The file that RabbitMQ 4.x writes on {@code export_definitions}, for the whole broker or for
 * one virtual host.
 */
@NullMarked
package io.ferrymq.server.definitions;

import org.jspecify.annotations.NullMarked;
