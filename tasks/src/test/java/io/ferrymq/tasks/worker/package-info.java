@NullMarked
package io.ferrymq.tasks.worker;

import org.jspecify.annotations.NullMarked;
