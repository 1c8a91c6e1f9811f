@NullMarked
package io.ferrymq.embedded;

import org.jspecify.annotations.NullMarked;
