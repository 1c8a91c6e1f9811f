/** Where a message waits: index, flight, bounds, expiry, afterlife. */
@NullMarked
package io.ferrymq.broker.queue;

import org.jspecify.annotations.NullMarked;
