package io.ferrymq.wire;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.slf4j.LoggerFactory;

/**
 * What happens when all connections together hold too much: unused room is given back; then those that hold the most and
 * have made no progress for a while are ended, one after the other, until an eighth of the limit is free. If everybody
 * makes progress, and it lasts, whoever holds the most.
 *
 * <p>Whoever waits because its protocol does not read on, as a publisher does in an alarm, is not to blame for that: it is
 * ended only if a limit stays reached and nobody else can be.
 *
 * <p>Before that, while memory is crowded: whoever keeps much and does nothing with it would keep all others short for
 * ever, since no limit is reached. Those are ended that hold the most and have made no progress for a longer while, until
 * a quarter is free. Nobody who makes progress is.
 *
 * <p>Thread contract: {@link #request} and {@link #watch} from any thread; everything else on the transport's first lane.
 */
final class Relief {
    /** For how long somebody may do nothing with what it holds while memory is crowded. */
    static final int IDLE_MILLIS_MAX = 10_000;

    private static final int LOOK_MILLIS = 250;
    private static final int IDLE_MILLIS_MIN = 1_000;
    /** So many looks at an exhausted limit, and progress does not help any more. */
    private static final int LOOKS_MAX = 8;

    private final ClientLog log = new ClientLog(LoggerFactory.getLogger(Relief.class));
    private final ConnectionRegistry registry;
    private final HeldBytes buffers;
    private final HeldBytes contents;
    private final HeldBytes all;
    private final HeldBytes objects;
    private final Lane lane;
    private final int idleMillisMax;
    private final AtomicBoolean requested = new AtomicBoolean();
    private final AtomicBoolean watches = new AtomicBoolean();
    private int looks;

    Relief(
            ConnectionRegistry registry,
            HeldBytes buffers,
            HeldBytes contents,
            HeldBytes all,
            HeldBytes objects,
            Lane lane,
            int idleMillisMax) {
        this.registry = registry;
        this.buffers = buffers;
        this.contents = contents;
        this.all = all;
        this.objects = objects;
        this.lane = lane;
        this.idleMillisMax = idleMillisMax;
    }

    /** A limit is reached: looks in a task of its own. */
    void request() {
        if (requested.compareAndSet(false, true)) {
            lane.execute(this::look);
        }
    }

    /** Memory is crowded: looks now and then until it is no longer. */
    void watch() {
        if (watches.compareAndSet(false, true)) {
            lane.execute(this::lookForIdle);
        }
    }

    private void look() {
        registry.open().forEach(ConnectionHandler::tighten);
        relieve(buffers, "unread and unsent bytes", ConnectionMemory::bufferBytes);
        relieve(contents, "unfinished and unsent messages", ConnectionMemory::contentBytes);
        relieve(all, "bytes and messages", ConnectionMemory::reclaimableBytes);
        relieve(objects, "connections and what they have in line", ConnectionMemory::objectBytes);
        if (buffers.isExhausted() || contents.isExhausted() || objects.isExhausted()) {
            looks++;
            lane.schedule(LOOK_MILLIS, this::look);
        } else {
            looks = 0;
            requested.set(false);
            registry.open().forEach(ConnectionHandler::relieved);
        }
    }

    private void lookForIdle() {
        if (!all.isCrowded()) {
            watches.set(false);
            return;
        }
        registry.open().forEach(ConnectionHandler::tighten);
        end(
                greediest(ConnectionMemory::reclaimableBytes, idleMillisMax, false),
                all.bytes() - all.bytesMax() / 4 * 3,
                "memory is short, and it has made no progress",
                ConnectionMemory::reclaimableBytes);
        lane.schedule(Math.min(IDLE_MILLIS_MIN, idleMillisMax), this::lookForIdle);
    }

    private void relieve(HeldBytes held, String what, ToLongFunction<ConnectionMemory> measure) {
        if (held.bytes() >= held.bytesMax()) {
            boolean lasts = looks >= LOOKS_MAX;
            end(
                    greediest(measure, lasts ? 0 : IDLE_MILLIS_MIN, lasts),
                    held.bytes() - held.bytesMax() / 8 * 7,
                    what + " of all connections take more than " + held.bytesMax() + " bytes",
                    measure);
        }
    }

    /** Ends the first of these until they have given back enough. */
    private void end(
            List<ConnectionHandler> greediest, long tooMuch, String why, ToLongFunction<ConnectionMemory> measure) {
        long left = tooMuch;
        for (ConnectionHandler greedy : greediest) {
            if (left <= 0) {
                return;
            }
            long bytes = measure.applyAsLong(greedy.memory());
            left -= bytes;
            log.warn(
                    lane,
                    "{}: ended, for it holds {} bytes: {}",
                    greedy.connection().remoteAddress(),
                    bytes,
                    why);
            greedy.endOverLimit(why);
        }
    }

    /** Those to blame who hold much and have made no progress for so long, the greediest first. */
    private List<ConnectionHandler> greediest(
            ToLongFunction<ConnectionMemory> measure, int idleMillis, boolean waitingToo) {
        List<ConnectionHandler> found = greediest(measure, idleMillis, handler -> !handler.isMadeToWait());
        return found.isEmpty() && waitingToo ? greediest(measure, idleMillis, ConnectionHandler::isMadeToWait) : found;
    }

    private List<ConnectionHandler> greediest(
            ToLongFunction<ConnectionMemory> measure, int idleMillis, Predicate<ConnectionHandler> among) {
        List<ConnectionHandler> handlers =
                registry.open().stream().filter(among).toList();
        long mean = mean(handlers, measure);
        return handlers.stream()
                .filter(handler -> measure.applyAsLong(handler.memory()) >= mean && handler.idleMillis() >= idleMillis)
                .sorted(Comparator.comparingLong((ConnectionHandler handler) -> measure.applyAsLong(handler.memory()))
                        .reversed())
                .toList();
    }

    /** What those of them hold on average who hold anything; 1 at least. Who holds less is not to blame. */
    private static long mean(List<ConnectionHandler> handlers, ToLongFunction<ConnectionMemory> measure) {
        return (long) Math.max(
                1,
                handlers.stream()
                        .mapToLong(handler -> measure.applyAsLong(handler.memory()))
                        .filter(bytes -> bytes > 0)
                        .average()
                        .orElse(1));
    }
}
