@NullMarked
package io.ferrymq.tasks.schedule;

import org.jspecify.annotations.NullMarked;
