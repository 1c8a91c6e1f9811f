@NullMarked
package io.ferrymq.server;

import org.jspecify.annotations.NullMarked;
