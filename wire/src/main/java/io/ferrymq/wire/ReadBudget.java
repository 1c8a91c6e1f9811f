package io.ferrymq.wire;

import java.util.ArrayDeque;

/**
 * What all connections of a lane together may have done with the bytes they read in one turn, in units of about 100 ns.
 * Protocols count their work ({@link Connection#spend}). When the budget is spent, whoever has bytes left waits, and has
 * its go in a turn to come, behind the events of the sockets: those that wait one after the other, with a budget as
 * large as that of the events.
 *
 * <p>Thread contract: the lane only.
 */
final class ReadBudget {
    /** A few milliseconds on the machine of the benchmarks. */
    static final long UNITS = 30_000;

    /** A socket is read. */
    static final int READ = 30;

    /** One go of a connection, whatever comes of it. */
    private static final int GO = 5;

    private final Lane lane;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private long left = UNITS;
    private boolean endAsked;
    private boolean serveAsked;

    ReadBudget(Lane lane) {
        this.lane = lane;
    }

    void spend(long units) {
        left -= units;
        if (!endAsked) {
            endAsked = true;
            lane.atTurnEnd(this::turnEnds);
        }
    }

    boolean isSpent() {
        return left <= 0;
    }

    /** Has {@code go} run when it is its turn: in this turn of the lane, if nobody waits and there is something left. */
    void add(Runnable go) {
        waiting.add(go);
        askToServe();
    }

    private void askToServe() {
        if (!serveAsked) {
            serveAsked = true;
            lane.execute(this::serve);
        }
    }

    private void serve() {
        serveAsked = false;
        left = UNITS;
        while (!waiting.isEmpty() && !isSpent()) {
            spend(GO);
            waiting.remove().run();
        }
    }

    private void turnEnds() {
        endAsked = false;
        left = UNITS;
        if (!waiting.isEmpty()) {
            askToServe();
        }
    }
}
