/** What clients may rely on, as contracts that every transport's module runs. */
@NullMarked
package io.ferrymq.client;

import org.jspecify.annotations.NullMarked;
