/** What exists: virtual hosts, exchanges, queues' declarations, bindings. */
@NullMarked
package io.ferrymq.broker.topology;

import org.jspecify.annotations.NullMarked;
