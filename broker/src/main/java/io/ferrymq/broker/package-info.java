@NullMarked
package io.ferrymq.broker;

import org.jspecify.annotations.NullMarked;
