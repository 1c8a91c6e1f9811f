package io.ferrymq.embedded;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.shard.Lane;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.DurableListener;
import io.ferrymq.log.FailureHandler;
import io.ferrymq.log.RecoveryTarget;
import java.io.IOException;
import java.util.function.Consumer;

/** Another store, for tests that change one thing about it. */
abstract class DelegatingStore implements Store {
    private final Store store;

    DelegatingStore(Store store) {
        this.store = store;
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public BrokerOptions options() {
        return store.options();
    }

    @Override
    public boolean isBoundByMemory() {
        return store.isBoundByMemory();
    }

    @Override
    public long diskFreeBytes() {
        return store.diskFreeBytes();
    }

    @Override
    public EmbeddedLane lane(Consumer<Throwable> broken) {
        return store.lane(broken);
    }

    @Override
    public CommandLog log(Lane lane, FailureHandler failure, RecoveryTarget target, DurableListener listener)
            throws IOException {
        return store.log(lane, failure, target, listener);
    }

    @Override
    public void close() {
        store.close();
    }
}
