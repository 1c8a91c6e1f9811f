package io.ferrymq.conformance;

import io.ferrymq.amqp091.Amqp091Format;
import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.shard.Lane;
import io.ferrymq.broker.shard.LocalBroker;
import io.ferrymq.log.JournaledLog;
import io.ferrymq.log.LogEnvironment;
import io.ferrymq.log.LogOptions;
import io.ferrymq.log.Storage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** A lane that runs when the test says so, for looking into a directory that a broker has left. */
final class TurnedLane implements Lane {
    private static final LogOptions SMALL =
            new LogOptions(0, 1 << 20, 64 << 10, 1 << 20, 1 << 20, 64 << 10, 0, 1 << 20, 60_000, 0);

    private final Queue<Runnable> tasks = new ArrayDeque<>();

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** No time passes here. */
    @Override
    public void schedule(long delayMillis, Runnable task) {}

    @Override
    public void broken(Throwable cause) {
        throw new AssertionError(cause);
    }

    void turn() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** The broker that recovers from a directory, at a time that stands still. */
    LocalBroker open(Storage storage, long nowMillis) throws IOException {
        LogEnvironment environment = new LogEnvironment(
                this,
                Runnable::run,
                Runnable::run,
                () -> nowMillis,
                cause -> {
                    throw new AssertionError(cause);
                },
                () -> {});
        LocalBroker broker = LocalBroker.open(
                new LocalBroker.Environment(
                        this,
                        () -> nowMillis,
                        () -> 0,
                        () -> "a token of sixteen letters",
                        () -> 0,
                        () -> Long.MAX_VALUE,
                        List.of(Amqp091Format.INSTANCE)),
                BrokerOptions.defaults(),
                (target, listener) -> JournaledLog.open(storage, SMALL, environment, target, listener));
        turn();
        return broker;
    }
}
