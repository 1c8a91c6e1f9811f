package io.ferrymq.client;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a queue delivers to this client, between the transport and those who take.
 *
 * <p>Thread contract: any thread. The lock is held for a few steps at a time; nobody is told anything inside it.
 *
 * <p>The consumer begins with the first who wants a message. Its prefetch is the <em>window</em>: how many deliveries may
 * be here unsettled. It begins small, so that consumers elsewhere get their share. It is doubled when somebody waits
 * while all that the window allows is in the application's hands, and when takers had to wait so often in a row that the
 * way to the broker is what they wait for. A delivery that nobody has taken for a while is given
 * back and the consumer ends, until somebody wants a message again.
 */
final class Intake implements DeliveryListener {
    /**
     * How much a consumer may hold.
     *
     * @param window how many deliveries to begin with
     * @param windowMax how many at most
     * @param lingerMillis how long a delivery may wait for a taker before it is given back; {@link #FOR_EVER} for ever
     */
    record Terms(int window, int windowMax, long lingerMillis) {
        static final long FOR_EVER = -1;
    }

    /** Takers that find nothing here so often in a row would get more from a larger window. */
    private static final int WAITS_MAX = 32;

    private final Transport transport;
    private final String queue;
    private final Terms terms;
    private final Unfinished unfinished;
    private final ReentrantLock lock = new ReentrantLock();

    /** Changed inside the lock, by the transport's thread, which alone delivers. */
    private final AtomicLong generation = new AtomicLong();

    // All below are guarded by the lock.
    private final ArrayDeque<Incoming> ready = new ArrayDeque<>();
    private final ArrayDeque<CompletableFuture<Incoming>> takers = new ArrayDeque<>();
    private final Set<Incoming> delayed = new HashSet<>();
    private int window;
    private int taken;
    private long takes;
    private int waitsInARow;
    private boolean consuming;
    private long starts;
    private boolean lingering;
    private @Nullable Consumption consumption;
    private @Nullable ClosedException closed;

    Intake(Transport transport, String queue, Terms terms, Unfinished unfinished) {
        this.transport = transport;
        this.queue = queue;
        this.terms = terms;
        this.unfinished = unfinished;
        this.window = terms.window();
    }

    private static void nothing() {
        // Nothing has to be done.
    }

    // ---- taking ----

    /** The next message, when there is one. Whoever stops waiting has to call {@link #giveUp}. */
    CompletableFuture<Incoming> take() {
        CompletableFuture<Incoming> taker;
        Runnable next;
        lock.lock();
        try {
            if (closed != null) {
                return CompletableFuture.failedFuture(closed);
            }
            takes++;
            Incoming message = ready.poll();
            if (message != null) {
                taken++;
                waitsInARow = 0;
                return CompletableFuture.completedFuture(message);
            }
            waitsInARow++;
            taker = new CompletableFuture<>();
            takers.add(taker);
            next = meetDemand();
        } finally {
            lock.unlock();
        }
        next.run();
        return taker;
    }

    /** Ends a wait; a message that had just come for it is returned. */
    Optional<Incoming> giveUp(CompletableFuture<Incoming> taker) {
        boolean came = !taker.cancel(false) && !taker.isCompletedExceptionally();
        lock.lock();
        try {
            takers.removeIf(CompletableFuture::isDone);
        } finally {
            lock.unlock();
        }
        return came ? Optional.of(taker.join()) : Optional.empty();
    }

    /** A message that was taken and not looked at: the next who takes gets it. */
    void putBack(Incoming message) {
        lock.lock();
        try {
            if (message.generation() == generation.get()) {
                taken--;
            }
        } finally {
            lock.unlock();
        }
        offer(message, true);
    }

    /** What has to be done outside the lock so that those who wait get something. Inside the lock. */
    private Runnable meetDemand() {
        if (takers.isEmpty() || closed != null) {
            return Intake::nothing;
        }
        if (!consuming) {
            consuming = true;
            long start = ++starts;
            int prefetch = window;
            return () -> Promises.whenDone(
                    transport.consume(ConsumeSpec.shared(queue, prefetch), this),
                    (started, error) -> started(start, started, error));
        }
        Consumption open = consumption;
        boolean tooSmall = taken >= window || waitsInARow >= WAITS_MAX;
        if (open != null && tooSmall && window < terms.windowMax()) {
            waitsInARow = 0;
            window = Math.min(2 * window, terms.windowMax());
            int prefetch = window;
            return () -> open.prefetch(prefetch);
        }
        return Intake::nothing;
    }

    private void started(long start, @Nullable Consumption started, @Nullable Throwable error) {
        List<CompletableFuture<Incoming>> disappointed = new ArrayList<>();
        Runnable next = Intake::nothing;
        lock.lock();
        try {
            boolean wanted = start == starts && consuming && closed == null;
            if (started == null) {
                consuming = consuming && !wanted;
                disappointed.addAll(takers);
                takers.clear();
            } else if (wanted) {
                consumption = started;
                next = meetDemand();
            } else {
                next = () -> Promises.whenDone(started.cancel(), (ended, problem) -> {});
            }
        } finally {
            lock.unlock();
        }
        next.run();
        if (error != null) {
            Throwable cause = Promises.cause(error);
            disappointed.forEach(taker -> taker.completeExceptionally(cause));
        }
    }

    // ---- what the transport says ----

    @Override
    public void delivered(Delivery delivery) {
        unfinished.delivered();
        offer(new Incoming(this, delivery, generation.get(), 1), false);
    }

    /** Hands a message to whoever waits, or keeps it. */
    private void offer(Incoming message, boolean first) {
        while (true) {
            CompletableFuture<Incoming> taker = null;
            Runnable next = Intake::nothing;
            lock.lock();
            try {
                if (message.generation() != generation.get()) {
                    return;
                }
                taker = takers.poll();
                if (taker != null) {
                    taken++;
                    next = meetDemand();
                } else if (closed == null && consuming) {
                    keep(message, first);
                    return;
                }
            } finally {
                lock.unlock();
            }
            if (taker == null) {
                // Nobody wants anything from here any more.
                giveBack(message);
                return;
            }
            next.run();
            if (taker.complete(message)) {
                return;
            }
            forgetTaken();
        }
    }

    private void forgetTaken() {
        lock.lock();
        try {
            taken--;
        } finally {
            lock.unlock();
        }
    }

    private void keep(Incoming message, boolean first) {
        if (first) {
            ready.addFirst(message);
        } else {
            ready.addLast(message);
        }
        linger();
    }

    @Override
    public void interrupted() {
        lock.lock();
        try {
            int lost = ready.size() + taken;
            generation.incrementAndGet();
            ready.clear();
            delayed.clear();
            taken = 0;
            for (int i = 0; i < lost; i++) {
                unfinished.gone();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ended(TransportException cause) {
        List<CompletableFuture<Incoming>> disappointed;
        lock.lock();
        try {
            consuming = false;
            consumption = null;
            disappointed = List.copyOf(takers);
            takers.clear();
        } finally {
            lock.unlock();
        }
        disappointed.forEach(taker -> taker.completeExceptionally(cause));
    }

    // ---- settling ----

    void settled(Incoming message, Settlement settlement) {
        lock.lock();
        try {
            if (message.generation() != generation.get()) {
                return;
            }
            taken--;
        } finally {
            lock.unlock();
        }
        message.delivery().settle(settlement);
        if (settlement == Settlement.REQUEUE) {
            unfinished.gone();
        } else {
            unfinished.done(message);
        }
    }

    /** Keeps a message and has it taken again later. Until then it counts as taken. */
    void delay(Incoming message, long delayMillis) {
        lock.lock();
        try {
            if (message.generation() != generation.get()) {
                return;
            }
            delayed.add(message);
        } finally {
            lock.unlock();
        }
        Threads.after(delayMillis, () -> delayOver(message));
    }

    private void delayOver(Incoming message) {
        lock.lock();
        try {
            if (!delayed.remove(message)) {
                return;
            }
            taken--;
        } finally {
            lock.unlock();
        }
        offer(message, true);
    }

    private void giveBack(Incoming message) {
        message.delivery().settle(Settlement.REQUEUE);
        unfinished.gone();
    }

    // ---- letting go ----

    /** Looks after a while whether the message that is kept is still wanted. Inside the lock. */
    private void linger() {
        if (terms.lingerMillis() != Terms.FOR_EVER && !lingering) {
            lingering = true;
            long seen = takes;
            Threads.after(terms.lingerMillis(), () -> lingerOver(seen));
        }
    }

    private void lingerOver(long takesSeen) {
        List<Incoming> unwanted;
        Consumption open;
        lock.lock();
        try {
            lingering = false;
            if (ready.isEmpty() || closed != null) {
                return;
            }
            open = consumption;
            if (takes != takesSeen || open == null) {
                linger();
                return;
            }
            consuming = false;
            consumption = null;
            unwanted = new ArrayList<>(ready);
            ready.clear();
        } finally {
            lock.unlock();
        }
        // The consumer ends first, or they would come straight back.
        Promises.whenDone(open.cancel(), (ended, error) -> unwanted.forEach(this::giveBack));
    }

    /** Gives back what nobody has taken, and wakes those who wait. What was taken can still be settled. */
    void close(ClosedException reason) {
        List<CompletableFuture<Incoming>> disappointed;
        List<Incoming> unwanted;
        Consumption open;
        lock.lock();
        try {
            if (closed != null) {
                return;
            }
            closed = reason;
            unwanted = new ArrayList<>(ready);
            unwanted.addAll(delayed);
            taken -= delayed.size();
            ready.clear();
            delayed.clear();
            disappointed = List.copyOf(takers);
            takers.clear();
            open = consumption;
            consumption = null;
            consuming = false;
        } finally {
            lock.unlock();
        }
        disappointed.forEach(taker -> taker.completeExceptionally(reason));
        if (open == null) {
            unwanted.forEach(this::giveBack);
        } else {
            Promises.whenDone(open.cancel(), (ended, error) -> unwanted.forEach(this::giveBack));
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed != null;
        } finally {
            lock.unlock();
        }
    }

    /** Messages that are here and that nobody has taken. */
    int readyCount() {
        lock.lock();
        try {
            return ready.size();
        } finally {
            lock.unlock();
        }
    }
}
