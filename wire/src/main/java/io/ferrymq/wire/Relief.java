package io.ferrymq.wire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.slf4j.LoggerFactory;

/**
 * What happens when all connections together hold too much: unused room is given back; then those that hold the most and
 * have made no progress for a while are ended, one after the other, until an eighth of the limit is free. If everybody
 * makes progress and it lasts, whoever holds the most.
 *
 * <p>Thread contract: {@link #request} from any thread; everything else on the transport's first lane.
 */
final class Relief {
    private static final int LOOK_MILLIS = 250;
    private static final int IDLE_MILLIS_MIN = 1_000;
    /** So many looks at an exhausted limit, and progress does not help any more. */
    private static final int LOOKS_MAX = 8;

    private final ClientLog log = new ClientLog(LoggerFactory.getLogger(Relief.class));
    private final ConnectionRegistry registry;
    private final HeldBytes buffers;
    private final HeldBytes contents;
    private final HeldBytes objects;
    private final Lane lane;
    private final AtomicBoolean requested = new AtomicBoolean();
    private int looks;

    Relief(ConnectionRegistry registry, HeldBytes buffers, HeldBytes contents, HeldBytes objects, Lane lane) {
        this.registry = registry;
        this.buffers = buffers;
        this.contents = contents;
        this.objects = objects;
        this.lane = lane;
    }

    /** A limit is reached: looks in a task of its own. */
    void request() {
        if (requested.compareAndSet(false, true)) {
            lane.execute(this::look);
        }
    }

    private void look() {
        registry.open().forEach(ConnectionHandler::tighten);
        relieve(buffers, "unread and unsent bytes", ConnectionMemory::bufferBytes);
        relieve(contents, "unfinished and unsent messages", ConnectionMemory::contentBytes);
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

    private void relieve(HeldBytes held, String what, ToLongFunction<ConnectionMemory> measure) {
        if (!held.isExhausted()) {
            return;
        }
        String why = what + " of all connections take more than " + held.bytesMax() + " bytes";
        long tooMuch = held.bytes() - held.bytesMax() / 8 * 7;
        for (ConnectionHandler greedy : greediest(measure)) {
            if (tooMuch <= 0) {
                return;
            }
            long bytes = measure.applyAsLong(greedy.memory());
            tooMuch -= bytes;
            log.warn(
                    lane,
                    "{}: ended, for it holds {} bytes: {}",
                    greedy.connection().remoteAddress(),
                    bytes,
                    why);
            greedy.endOverLimit(why);
        }
    }

    /** What those hold on average who hold anything; 1 at least. Who holds less is not to blame. */
    private long mean(ToLongFunction<ConnectionMemory> measure) {
        long count = 0;
        long sum = 0;
        for (ConnectionHandler handler : registry.open()) {
            long bytes = measure.applyAsLong(handler.memory());
            sum += bytes;
            count += bytes > 0 ? 1 : 0;
        }
        return Math.max(1, sum / Math.max(1, count));
    }

    private List<ConnectionHandler> greediest(ToLongFunction<ConnectionMemory> measure) {
        boolean progressHelps = looks < LOOKS_MAX;
        long mean = mean(measure);
        List<ConnectionHandler> found = new ArrayList<>();
        for (ConnectionHandler handler : registry.open()) {
            boolean holdsMuch = measure.applyAsLong(handler.memory()) >= mean;
            if (holdsMuch && (!progressHelps || handler.idleMillis() >= IDLE_MILLIS_MIN)) {
                found.add(handler);
            }
        }
        found.sort(Comparator.comparingLong((ConnectionHandler handler) -> measure.applyAsLong(handler.memory()))
                .reversed());
        return found;
    }
}
