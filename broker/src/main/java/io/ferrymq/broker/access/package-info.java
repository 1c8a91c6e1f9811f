/** Who may: users, passwords, permissions. */
@NullMarked
package io.ferrymq.broker.access;

import org.jspecify.annotations.NullMarked;
