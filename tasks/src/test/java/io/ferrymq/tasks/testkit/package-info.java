@NullMarked
package io.ferrymq.tasks.testkit;

import org.jspecify.annotations.NullMarked;
