/** Who may touch state: the lane, the commands, recovery. */
@NullMarked
package io.ferrymq.broker.shard;

import org.jspecify.annotations.NullMarked;
