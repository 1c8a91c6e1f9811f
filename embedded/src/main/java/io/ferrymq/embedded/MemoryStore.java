package io.ferrymq.embedded;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.shard.Lane;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.DurableListener;
import io.ferrymq.log.FailureHandler;
import io.ferrymq.log.MemoryLog;
import io.ferrymq.log.RecoveryTarget;
import java.util.function.Consumer;

/**
 * The heap: nothing outlives the broker.
 *
 * @param bytesMax held for messages, past which publishing is refused
 */
record MemoryStore(String name, long bytesMax) implements Store {
    private static final int HEAP_DIVISOR = 4;

    /** A quarter of the heap. */
    static long bytesMaxDefault() {
        return Runtime.getRuntime().maxMemory() / HEAP_DIVISOR;
    }

    @Override
    public BrokerOptions options() {
        BrokerOptions usual = BrokerOptions.defaults();
        return new BrokerOptions(
                        usual.queuesMax(),
                        bytesMax,
                        0,
                        usual.pendingBytesMax(),
                        usual.settleDelayMillis(),
                        usual.revokedTasksMax(),
                        usual.revokedTasksMillis(),
                        usual.loopbackUsers())
                .withHeap(HeapShare.bytes());
    }

    @Override
    public boolean isBoundByMemory() {
        return true;
    }

    @Override
    public long diskFreeBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public EmbeddedLane lane(Consumer<Throwable> broken) {
        return new SharedLane("ferry-" + name, broken);
    }

    @Override
    public CommandLog log(Lane lane, FailureHandler failure, RecoveryTarget target, DurableListener listener) {
        return new MemoryLog();
    }

    @Override
    public void close() {
        // The heap needs no closing.
    }
}
