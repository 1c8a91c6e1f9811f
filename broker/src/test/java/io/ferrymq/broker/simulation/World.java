package io.ferrymq.broker.simulation;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.access.Origin;
import io.ferrymq.broker.message.MessageFormat;
import io.ferrymq.broker.shard.LocalBroker;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.Crank;
import io.ferrymq.log.FakeDisk;
import io.ferrymq.log.JournaledLog;
import io.ferrymq.log.LogEnvironment;
import io.ferrymq.log.LogOptions;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One run of a broker, from recovery to its end, with lane, journal, background and time all cranked by the caller's
 * thread.
 */
public final class World {
    /** Longer than settlements wait for company, and than the broker takes to look around. */
    private static final long QUIET_MILLIS = 1_100;

    private static final long STOP_RETRY_MILLIS = 5;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Segments of 16 KiB and a checkpoint every 8 KiB, so that everything happens within a hundred messages. */
    public static final LogOptions SMALL_LOG =
            new LogOptions(0, 16 << 10, 2 << 10, 8 << 10, 8 << 10, 1 << 10, 2, 8 << 10, 60_000, 0);

    static {
        // A broker whose power is lost releases nothing.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    public final CrankedLane lane;
    public final Crank journal = new Crank();
    public final Crank background = new Crank();
    public final FakeDisk disk;
    public final List<Throwable> failures = new ArrayList<>();
    public final LocalBroker broker;
    public final CommandLog log;
    public long diskFreeBytes = Long.MAX_VALUE;
    /** By how much the wall clock shows more than the time that passes on the lane. */
    public long clockSetByMillis;
    /** What the broker draws when it leaves something to chance. */
    public double chance;

    /** What the clock throws when the broker reads it: a fault in the middle of the broker's own work. */
    public @Nullable RuntimeException clockFault;

    private long tokens;
    private boolean abandoned;

    private World(
            FakeDisk disk,
            long nowMillis,
            long clockSetByMillis,
            BrokerOptions options,
            LogOptions logOptions,
            MessageFormat format)
            throws IOException {
        this.disk = disk;
        this.clockSetByMillis = clockSetByMillis;
        this.lane = new CrankedLane(nowMillis);
        LogEnvironment environment =
                new LogEnvironment(lane, journal, background, lane::nowMillis, failures::add, () -> {});
        @Nullable CommandLog[] opened = {null};
        broker = LocalBroker.open(
                new LocalBroker.Environment(
                        lane,
                        this::wallMillis,
                        () -> nowMillis() * NANOS_PER_MILLI,
                        () -> "token" + nowMillis + "-" + tokens++,
                        () -> chance,
                        () -> diskFreeBytes,
                        List.of(format)),
                options,
                (target, listener) -> {
                    opened[0] = JournaledLog.open(disk, logOptions, environment, target, sequence -> {
                        if (!abandoned) {
                            listener.durable(sequence);
                        }
                    });
                    return opened[0];
                });
        log = Objects.requireNonNull(opened[0]);
    }

    private long nowMillis() {
        RuntimeException fault = clockFault;
        if (fault != null) {
            throw fault;
        }
        return lane.nowMillis();
    }

    /** A broker with small files on a new disk. */
    public static World fresh() throws IOException {
        return open(new FakeDisk(), 1_000_000);
    }

    /** A broker with small files on this disk. */
    public static World open(FakeDisk disk, long nowMillis) throws IOException {
        return open(disk, nowMillis, BrokerOptions.defaults(), SMALL_LOG);
    }

    public static World open(FakeDisk disk, long nowMillis, BrokerOptions options, LogOptions logOptions)
            throws IOException {
        return new World(disk, nowMillis, 0, options, logOptions, PlainFormat.INSTANCE);
    }

    /** A broker with small files on this disk, when the wall clock shows more than the time on the lane, or less. */
    static World open(FakeDisk disk, long nowMillis, long clockSetByMillis) throws IOException {
        return new World(disk, nowMillis, clockSetByMillis, BrokerOptions.defaults(), SMALL_LOG, PlainFormat.INSTANCE);
    }

    /** A broker with small files on this disk, for clients whose headers are of this format. */
    public static World open(FakeDisk disk, long nowMillis, MessageFormat format) throws IOException {
        return new World(disk, nowMillis, 0, BrokerOptions.defaults(), SMALL_LOG, format);
    }

    /** A link of the first user into the first virtual host. */
    public Link link(LinkListener listener) {
        Identity guest = broker.login("guest", "guest", Origin.LOOPBACK);
        return broker.open(guest, "/", "simulated", listener);
    }

    /** What the wall clock shows. */
    long wallMillis() {
        return lane.nowMillis() + clockSetByMillis;
    }

    /** Turns all cranks until nothing is left to do at this time. */
    public void settle() {
        boolean turned = true;
        while (turned) {
            turned = lane.turn();
            turned |= journal.turn();
            turned |= background.turn();
        }
    }

    /** Lets time pass and does what then has to be done. */
    public void pass(long millis) {
        settle();
        lane.pass(millis);
        settle();
    }

    /** Until nothing waits to be written. */
    public void quiet() {
        pass(QUIET_MILLIS);
        settle();
    }

    public boolean hasFailed() {
        return !failures.isEmpty();
    }

    /** Stops as an operator would: links are closed before. */
    public void stop() {
        lane.turnAll();
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(
                broker::stop, task -> Thread.ofVirtual().start(task));
        while (lane.isIdle()) {
            Thread.onSpinWait();
        }
        if (log.checkpointing()) {
            // The broker tries again a little later, when the checkpoint has been written.
            settle();
            lane.pass(STOP_RETRY_MILLIS);
        }
        lane.turnAll();
        stopped.join();
    }

    /** Lets go of the memory of a broker whose disk is not looked at any more. */
    public void abandon() {
        abandoned = true;
        disk.faults().losePowerAt(0);
        log.close();
    }

    /** The same disk in another run, after a clean stop. */
    public World restart() throws IOException {
        stop();
        return open(disk, lane.nowMillis());
    }
}
