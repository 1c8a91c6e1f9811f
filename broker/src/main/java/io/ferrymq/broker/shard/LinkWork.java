package io.ferrymq.broker.shard;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.queue.Queue;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one link asks for that may take more than one turn: one after the other, in the order in which it was asked for,
 * and at once if it is little. Lane only.
 *
 * <p>A queue that gets messages back hands out nothing until all of them are back, so that none overtakes another.
 */
final class LinkWork {
    private record Step(Chore chore, Runnable done) {}

    private final Turn turn;
    private final ArrayDeque<Step> steps = new ArrayDeque<>(0);
    private final Set<Queue> held = Collections.newSetFromMap(new IdentityHashMap<>(0));
    private boolean working;

    LinkWork(Turn turn) {
        this.turn = turn;
    }

    boolean isIdle() {
        return steps.isEmpty();
    }

    /** Whether what happens now is part of a chore. */
    boolean isWorking() {
        return working;
    }

    /** Does a chore, and {@code done} when it is over: inside this call if nothing is under way and it is little. */
    void add(Chore chore, Runnable done) {
        steps.add(new Step(chore, done));
        if (steps.size() == 1) {
            turn.start(this::go);
        }
    }

    private boolean go(TurnBudget budget) {
        for (@Nullable Step first = steps.peek(); first != null; first = steps.peek()) {
            if (!part(first.chore, budget)) {
                return false;
            }
            letGo();
            // Asked for from here, something is behind it: the step leaves when its end is told.
            first.done.run();
            steps.remove();
        }
        return true;
    }

    private boolean part(Chore chore, TurnBudget budget) {
        working = true;
        try {
            return chore.go(budget);
        } finally {
            working = false;
        }
    }

    /** A queue gets a message back in this chore. */
    void hold(Queue queue) {
        if (held.add(queue)) {
            queue.hold();
        }
    }

    private void letGo() {
        if (!held.isEmpty()) {
            held.forEach(Queue::letGo);
            held.clear();
        }
    }
}
