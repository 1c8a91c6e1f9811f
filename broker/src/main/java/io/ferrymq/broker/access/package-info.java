/**
 * Who may: users, passwords, permissions.
 *
 * <p><b>Owns</b> users with their password hashes and tags, and their permissions in each virtual host. Knows names of
 * resources, not the resources.
 *
 * <p>A request is checked and becomes commands ({@link io.ferrymq.broker.access.AccessRequests}); a command takes effect
 * ({@link io.ferrymq.broker.access.AccessState#apply}); {@link io.ferrymq.broker.access.AccessControl} lets users in, and
 * a {@link io.ferrymq.broker.access.Grant} says what they may do.
 *
 * <p><b>Threads.</b> Everything here is owned by the shard's lane. Commands, users and permissions are immutable.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>No password is kept, and no hash is shown by {@code toString} ({@code PasswordHashTest}).
 *   <li>An empty password lets nobody in ({@code AccessControlTest}).
 *   <li>What a pattern does not decide in bounded time is denied ({@code NamePatternTest}).
 *   <li>A grant in use follows every change of its permissions ({@code GrantTest}).
 *   <li>Whatever was accepted comes back from the log and a checkpoint as it was ({@code AccessStateProperties}).
 * </ul>
 *
 * <p><b>Specification.</b> RabbitMQ 4: access control, passwords, topic authorisation.
 */
@NullMarked
package io.ferrymq.broker.access;

import org.jspecify.annotations.NullMarked;
