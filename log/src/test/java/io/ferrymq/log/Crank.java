package io.ferrymq.log;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** An executor that does nothing until it is turned, by the thread that runs the test. */
public final class Crank implements Executor {
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs one task; false if there was none. */
    public boolean turn() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    /** Turns all of them until none has anything left to do. */
    public static void settle(Crank... cranks) {
        boolean turned = true;
        while (turned) {
            turned = false;
            for (Crank crank : cranks) {
                turned |= crank.turn();
            }
        }
    }

    public int waiting() {
        return tasks.size();
    }
}
