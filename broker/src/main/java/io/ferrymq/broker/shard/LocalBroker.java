package io.ferrymq.broker.shard;

import io.ferrymq.broker.Administration;
import io.ferrymq.broker.Broker;
import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.access.AccessControl;
import io.ferrymq.broker.access.Grant;
import io.ferrymq.broker.access.Origin;
import io.ferrymq.broker.access.PasswordHash;
import io.ferrymq.broker.access.User;
import io.ferrymq.broker.message.MessageFormat;
import io.ferrymq.broker.message.MessageFormats;
import io.ferrymq.broker.message.Octets;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.topology.VirtualHost;
import io.ferrymq.log.CommandLog;
import io.ferrymq.log.DurableListener;
import io.ferrymq.log.RecoveryTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A broker of one shard in this process. Lane only, but for {@link #stop}. */
public final class LocalBroker implements Broker {
    /** How often memory, disk and the need for a checkpoint are looked at. */
    private static final long LOOK_MILLIS = 1_000;

    private static final long STOP_RETRY_MILLIS = 5;

    /**
     * What a broker runs on.
     *
     * @param lane owns the shard's state
     * @param clockMillis wall clock, milliseconds since 1970, which may be set at any time
     * @param nanos nanoseconds since any moment, which nobody can set
     * @param tokens names for what has none, never the same twice, hard to guess
     * @param chance numbers from 0 up to, but not including, 1, evenly spread
     * @param diskFreeBytes what is left of the data directory's disk
     * @param outsideBytes memory outside the heap that sockets hold for clients
     * @param connectionBytes heap that connections take before and beside their links
     * @param formats the header formats of all protocols
     */
    public record Environment(
            Lane lane,
            LongSupplier clockMillis,
            LongSupplier nanos,
            Supplier<String> tokens,
            DoubleSupplier chance,
            LongSupplier diskFreeBytes,
            LongSupplier outsideBytes,
            LongSupplier connectionBytes,
            List<MessageFormat> formats) {
        /** Of a broker without sockets. */
        public Environment(
                Lane lane,
                LongSupplier clockMillis,
                LongSupplier nanos,
                Supplier<String> tokens,
                DoubleSupplier chance,
                LongSupplier diskFreeBytes,
                List<MessageFormat> formats) {
            this(lane, clockMillis, nanos, tokens, chance, diskFreeBytes, () -> 0, () -> 0, formats);
        }
    }

    /** Opens a log that recovers into {@code target} and reports to {@code listener}. */
    @FunctionalInterface
    public interface LogOpener {
        CommandLog open(RecoveryTarget target, DurableListener listener) throws IOException;
    }

    private final Environment environment;
    private final Shard shard;
    private final ShardState state;
    private final Links links;
    private final CommandLog log;
    private final ShardAdministration administration;
    private final AccessControl door;
    private boolean stopping;

    private LocalBroker(Environment environment, BrokerOptions options, ShardState state, Shard shard) {
        this.environment = environment;
        this.state = state;
        this.shard = shard;
        this.log = shard.log();
        Alarms alarms = new Alarms(
                options.memoryBytesMax(), options.diskFreeBytesMin(), this::memoryBytes, environment.diskFreeBytes());
        this.links = new Links(
                environment.lane(),
                log,
                options,
                alarms,
                new ReplyAddresses(environment.tokens()),
                shard.budget(),
                shard.turn());
        this.door = new AccessControl(shard.access(), options.loopbackUsers());
        this.administration = new ShardAdministration(shard, links);
    }

    /**
     * Recovers a broker from its log, or begins a new one. Runs on the lane.
     *
     * @throws IOException if the log cannot be opened
     */
    public static LocalBroker open(Environment environment, BrokerOptions options, LogOpener opener)
            throws IOException {
        MessageFormats formats = new MessageFormats(environment.formats());
        DurableRelay relay = new DurableRelay();
        ShardState state = new ShardState((log, topology, access) -> new Shard(
                environment.lane(),
                options,
                new Timeline(environment.clockMillis(), environment.nanos()),
                environment.tokens(),
                environment.chance(),
                environment.outsideBytes(),
                environment.connectionBytes(),
                formats,
                log,
                topology,
                access));
        CommandLog log = opener.open(state, relay);
        LocalBroker broker = new LocalBroker(environment, options, state, state.shardOn(log));
        relay.to = broker::durable;
        broker.begin();
        return broker;
    }

    /** Stands in for a broker that the log must know before it exists. */
    private static final class DurableRelay implements DurableListener {
        private DurableListener to = sequence -> {};

        @Override
        public void durable(long sequence) {
            to.durable(sequence);
        }
    }

    private void begin() {
        shard.goOn();
        shard.turn().begin();
        state.forEachQueue(Queue::recovered);
        shard.sweep();
        shard.delays().begin();
        administration.begin(salt());
        links.look();
        environment.lane().schedule(LOOK_MILLIS, this::look);
    }

    private byte[] salt() {
        byte[] token = environment.tokens().get().getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(token, PasswordHash.SALT_BYTES);
    }

    /** The broker's own time in milliseconds, which passes evenly whatever the wall clock is set to: see {@link Timeline}. */
    public long ownMillis() {
        return shard.timeline().millis();
    }

    private void durable(long sequence) {
        if (stopping) {
            // The log is closing: nobody is connected, and queues cannot read any more.
            return;
        }
        shard.durable(sequence);
        links.written();
    }

    private void look() {
        if (stopping) {
            return;
        }
        links.look();
        shard.lookAtClock();
        shard.delays().run();
        shard.celery().forget();
        if (log.checkpointDue()) {
            checkpoint();
        }
        environment.lane().schedule(LOOK_MILLIS, this::look);
    }

    private void checkpoint() {
        shard.turn().writeSettles();
        log.checkpoint(state.snapshot());
    }

    /** What is held on the heap, as the budget counts it. */
    long heapBytes() {
        return shard.budget().heapBytes();
    }

    private long memoryBytes() {
        return shard.budget().blocksPublishers()
                ? Long.MAX_VALUE
                : log.memoryBytes()
                        + shard.delays().timetable().memoryBytes()
                        + shard.celery().memoryBytes()
                        + shard.damage().setAside().memoryBytes()
                        + shard.budget().queueBytes();
    }

    @Override
    public Identity login(String user, String password, Origin origin) {
        return identity(() -> door.login(user, Octets.encode(password), origin));
    }

    @Override
    public Identity loginProven(String user, Origin origin) {
        return identity(() -> door.loginProven(user, origin));
    }

    private Identity identity(Supplier<User> login) {
        try {
            User user = shard.faults().get(login);
            return new Identity(user.name(), Set.copyOf(user.tags()));
        } catch (RefusedException e) {
            administration.loginRefused();
            throw e;
        }
    }

    @Override
    public Link open(Identity identity, String vhostName, String description, LinkListener listener) {
        shard.requireLane();
        return shard.faults().get(() -> enter(identity, vhostName, listener));
    }

    private Link enter(Identity identity, String vhostName, LinkListener listener) {
        links.requireRoom();
        VirtualHost vhost = shard.topology().requireVhost(vhostName);
        Grant grant = door.enter(identity.user(), vhostName);
        ShardLink link = new ShardLink(shard, links, vhost, new GrantGuard(grant, shard::accessVersion), listener);
        links.opened(link);
        return new GuardedLink(shard.faults(), link);
    }

    @Override
    public Administration administration() {
        return administration;
    }

    @Override
    public void stop() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        environment.lane().execute(() -> stopWhenIdle(stopped));
        stopped.join();
    }

    /** An earlier checkpoint that is still being written is waited for. */
    private void stopWhenIdle(CompletableFuture<Void> stopped) {
        stopping = true;
        shard.stop();
        links.stop();
        try {
            if (log.checkpointing()) {
                environment.lane().schedule(STOP_RETRY_MILLIS, () -> stopWhenIdle(stopped));
                return;
            }
            checkpoint();
            log.close();
            shard.close();
            stopped.complete(null);
        } catch (RuntimeException | Error e) {
            stopped.completeExceptionally(e);
        }
    }
}
