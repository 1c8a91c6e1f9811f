package io.ferrymq.embedded;

import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A thread that runs tasks one after the other, in the order in which they came.
 *
 * <p>Thread contract: any thread hands over tasks; timers are asked for on the lane. What is handed over when the lane
 * has ended runs in the caller's thread, one at a time: it finds everything closed and says so.
 */
final class LaneThread implements EmbeddedLane {
    private record Timer(long atNanos, Runnable task) {}

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>((one, other) -> Long.signum(one.atNanos - other.atNanos));
    private final ReentrantLock afterEnd = new ReentrantLock();
    private final Thread thread;
    private final Consumer<Throwable> broken;

    /** Published by the lane before it parks, read by whoever hands over a task. */
    private volatile boolean parked;

    /** Published by any thread, read by the lane. */
    private volatile boolean stopping;

    /** Published by the lane as the last thing it does, read by whoever hands over a task. */
    private volatile boolean ended;

    /** @param broken told, on the lane, what a task threw; later tasks run all the same */
    LaneThread(String name, Consumer<Throwable> broken) {
        this.broken = broken;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread().equals(thread);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (parked) {
            LockSupport.unpark(thread);
        } else if (ended) {
            runRest();
        }
    }

    @Override
    public void schedule(long delayMillis, Runnable task) {
        timers.add(new Timer(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis), task));
    }

    private void run() {
        while (true) {
            runDue();
            Runnable task = tasks.poll();
            if (task != null) {
                runOne(task);
            } else if (stopping) {
                ended = true;
                runRest();
                return;
            } else {
                park();
            }
        }
    }

    private void runDue() {
        Timer first = timers.peek();
        if (first != null && first.atNanos - System.nanoTime() <= 0) {
            timers.poll();
            runOne(first.task);
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

    private void runRest() {
        afterEnd.lock();
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                runOne(task);
            }
        } finally {
            afterEnd.unlock();
        }
    }

    private void park() {
        parked = true;
        // Who adds a task after this look sees that the lane is parked.
        if (tasks.isEmpty() && !stopping) {
            Timer first = timers.peek();
            if (first == null) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, first.atNanos - System.nanoTime());
            }
        }
        parked = false;
    }
}
