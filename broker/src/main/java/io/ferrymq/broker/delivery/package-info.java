/** Who gets it: consumers, their order and their credit. */
@NullMarked
package io.ferrymq.broker.delivery;

import org.jspecify.annotations.NullMarked;
