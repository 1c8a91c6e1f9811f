/** Tests of parts of the transport over the network that need no broker. */
@NullMarked
package io.ferrymq.client.amqp;

import org.jspecify.annotations.NullMarked;
