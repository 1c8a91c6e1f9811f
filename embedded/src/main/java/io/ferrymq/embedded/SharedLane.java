package io.ferrymq.embedded;

import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lane without a thread of its own: whoever hands over a task runs it, and what others hand over meanwhile, one at a
 * time. So a call costs no change of threads unless two meet. Only for tasks that never block: a broker on a disk has a
 * {@link LaneThread}, since an application's thread may be interrupted while it writes.
 *
 * <pre>
 *   owner     on                                              to
 *   nobody    a task is handed over                           the caller
 *   a caller  no task is left                                 nobody
 *   a caller  it has run {@value #TASKS_MAX} tasks            nobody, and the keeper is woken
 *   nobody    a timer is due, or a caller left tasks behind   the keeper
 * </pre>
 */
final class SharedLane implements EmbeddedLane {
    /** What one caller runs at most, its own task and others', so that it is not kept for ever. */
    private static final int TASKS_MAX = 256;

    private static final long NEVER = Long.MAX_VALUE;

    private record Timer(long atNanos, Runnable task) {}

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>((one, other) -> Long.signum(one.atNanos - other.atNanos));
    private final Thread keeper;
    private final Consumer<Throwable> broken;
    private final long originNanos = System.nanoTime();

    /** Whether the timers that are due are to be run already. */
    private final AtomicBoolean dueAsked = new AtomicBoolean();

    /** When the first timer is due, counted from the origin. Written on the lane, read by the keeper. */
    private volatile long nextNanos = NEVER;

    /** Published by any thread, read by the keeper. */
    private volatile boolean stopping;

    /** @param broken told, on the lane, what a task threw; later tasks run all the same */
    SharedLane(String name, Consumer<Throwable> broken) {
        this.broken = broken;
        this.keeper = Thread.ofPlatform().name(name).daemon().unstarted(this::keep);
    }

    @Override
    public void start() {
        keeper.start();
    }

    @Override
    public void stop() {
        stopping = true;
        LockSupport.unpark(keeper);
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread().equals(owner.get());
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (owner.get() == null) {
            run(TASKS_MAX);
        }
    }

    @Override
    public void schedule(long delayMillis, Runnable task) {
        long atNanos = now() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        timers.add(new Timer(atNanos, task));
        if (atNanos < nextNanos) {
            nextNanos = atNanos;
            LockSupport.unpark(keeper);
        }
    }

    /** Since the lane was made. */
    private long now() {
        return System.nanoTime() - originNanos;
    }

    /** Runs what was handed over, unless somebody does already. Whoever adds a task after the last look finds no owner. */
    private void run(int most) {
        int left = most;
        while (!tasks.isEmpty() && owner.compareAndSet(null, Thread.currentThread())) {
            for (Runnable task = tasks.poll(); task != null; task = left > 0 ? tasks.poll() : null) {
                runOne(task);
                left--;
            }
            owner.set(null);
            if (left == 0 && !stopping) {
                LockSupport.unpark(keeper);
                return;
            }
            left = most;
        }
    }

    private void runOne(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    @Override
    public void broken(Throwable cause) {
        broken.accept(cause);
    }

    // ---- the keeper ----

    private void keep() {
        while (!stopping) {
            run(Integer.MAX_VALUE);
            long waitNanos = nextNanos == NEVER ? NEVER : nextNanos - now();
            if (waitNanos <= 0 && dueAsked.compareAndSet(false, true)) {
                execute(this::runDue);
            } else if (tasks.isEmpty() || owner.get() != null) {
                // Whoever leaves tasks behind, sets an earlier timer or has run those that were due, unparks.
                LockSupport.parkNanos(this, waitNanos <= 0 ? NEVER : waitNanos);
            }
        }
        // A caller that left tasks behind before it could see the end relies on this.
        run(Integer.MAX_VALUE);
    }

    private void runDue() {
        long now = now();
        for (Timer first = timers.peek(); first != null && first.atNanos <= now && !stopping; first = timers.peek()) {
            timers.poll();
            runOne(first.task);
        }
        Timer next = timers.peek();
        nextNanos = next == null ? NEVER : next.atNanos;
        dueAsked.set(false);
        LockSupport.unpark(keeper);
    }
}
