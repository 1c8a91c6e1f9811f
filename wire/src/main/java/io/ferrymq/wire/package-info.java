@NullMarked
package io.ferrymq.wire;

import org.jspecify.annotations.NullMarked;
