/** Where a message goes. */
@NullMarked
package io.ferrymq.broker.routing;

import org.jspecify.annotations.NullMarked;
