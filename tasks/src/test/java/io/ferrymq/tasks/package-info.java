@NullMarked
package io.ferrymq.tasks;

import org.jspecify.annotations.NullMarked;
