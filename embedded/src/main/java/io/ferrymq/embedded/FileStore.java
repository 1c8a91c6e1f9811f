package io.ferrymq.embedded;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.shard.Lane;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.DurableListener;
import io.ferrymq.log.FailureHandler;
import io.ferrymq.log.FreeSpace;
import io.ferrymq.log.JournaledLog;
import io.ferrymq.log.LogEnvironment;
import io.ferrymq.log.LogOptions;
import io.ferrymq.log.RecoveryTarget;
import io.ferrymq.log.SteadyMillis;
import io.ferrymq.log.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** A directory: what is confirmed there is found again. */
record FileStore(String name, Storage directory, FreeSpace free, LogOptions logOptions) implements Store {
    FileStore(String name, Storage directory, LogOptions logOptions) {
        this(name, directory, new FreeSpace(directory), logOptions);
    }

    @Override
    public BrokerOptions options() {
        return BrokerOptions.defaults().withHeap(HeapShare.bytes());
    }

    @Override
    public boolean isBoundByMemory() {
        return false;
    }

    @Override
    public long diskFreeBytes() {
        return free.getAsLong();
    }

    @Override
    public EmbeddedLane lane(Consumer<Throwable> broken) {
        return new LaneThread("ferry-" + name, broken);
    }

    @Override
    public CommandLog log(Lane lane, FailureHandler failure, RecoveryTarget target, DurableListener listener)
            throws IOException {
        LogEnvironment environment = LogEnvironment.threaded(
                "ferry-" + name,
                logOptions,
                lane,
                new SteadyMillis(System.currentTimeMillis(), System::nanoTime),
                failure);
        return JournaledLog.open(directory, logOptions, environment, target, listener);
    }

    @Override
    public void close() {
        try {
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
