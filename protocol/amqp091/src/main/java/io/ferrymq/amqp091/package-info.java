@NullMarked
package io.ferrymq.amqp091;

import org.jspecify.annotations.NullMarked;
