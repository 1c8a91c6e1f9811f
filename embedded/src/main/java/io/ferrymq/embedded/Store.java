package io.ferrymq.embedded;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.shard.Lane;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.DurableListener;
import io.ferrymq.log.FailureHandler;
import io.ferrymq.log.RecoveryTarget;
import java.io.IOException;
import java.util.function.Consumer;

/** Where an embedded broker keeps its messages. */
interface Store {
    /** For threads and error messages. */
    String name();

    BrokerOptions options();

    /** Whether messages are refused as soon as {@link BrokerOptions#memoryBytesMax} is passed. */
    boolean isBoundByMemory();

    long diskFreeBytes();

    /** A new lane for the broker; {@code broken} is told, on it, what a task threw. */
    EmbeddedLane lane(Consumer<Throwable> broken);

    /** Opens the log, on the lane. */
    CommandLog log(Lane lane, FailureHandler failure, RecoveryTarget target, DurableListener listener)
            throws IOException;

    /** Lets go of what was opened, after the log. Once or more often. */
    void close();
}
