package io.ferrymq.broker.shard;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.TurnBudget;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;

/** Work that takes more than one turn, each a little at a time. Lane only. */
final class Chores {
    /** As much as one does before the next has its go. */
    private static final int GO_UNITS = 10_000;

    private final ArrayDeque<Chore> waiting = new ArrayDeque<>();
    private final TurnBudget budget;
    private final BooleanSupplier haveToWait;

    /**
     * @param budget what the turn has left, and what everybody in it spends
     * @param haveToWait whether what they would write is too much now
     */
    Chores(TurnBudget budget, BooleanSupplier haveToWait) {
        this.budget = budget;
        this.haveToWait = haveToWait;
    }

    void add(Chore chore) {
        waiting.add(chore);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Runs one after the other until the budget is spent, they have to wait, or nothing is left. */
    void run() {
        while (!waiting.isEmpty() && !budget.isSpent() && !haveToWait.getAsBoolean()) {
            Chore first = waiting.remove();
            if (!part(first, Math.min(GO_UNITS, budget.left()))) {
                waiting.add(first);
            }
        }
    }

    /** Does at most so much of a chore, at the cost of the budget; true if it is over. */
    boolean part(Chore chore, long units) {
        long before = budget.left();
        budget.begin(units);
        boolean over = chore.go(budget);
        budget.begin(before - (units - budget.left()) - TurnBudget.GO);
        return over;
    }
}
