package io.ferrymq.wire;

import java.util.ArrayDeque;

/**
 * What all connections of a lane together may have done with the bytes they read in one turn, in units of about 100 ns.
 * Protocols count their work ({@link Connection#spend}). A connection has a go of some units; if it has bytes left then,
 * it waits behind the others that do. When the budget is spent, whoever has not had a go comes first in the next turn,
 * so that those who ask for little do not wait behind those who ask for much. Who waits has its go behind the events of
 * the sockets, with a budget as large as that of the events.
 *
 * <p>Thread contract: the lane only.
 */
final class ReadBudget {
    /** A few milliseconds on the machine of the benchmarks. */
    static final long UNITS = 20_000;

    /** What a connection may do in one go. */
    static final long GO_UNITS = 5_000;

    /** A socket is read, whatever comes of it. */
    private static final int READ = 30;

    /** To get 512 bytes from the socket, and perhaps to move them once, costs one unit. */
    private static final int BYTES_SHIFT = 9;

    /** Somebody who waits is asked, whatever comes of it. */
    private static final int ASK = 5;

    private final Lane lane;
    /** Those that have not had a go since they wait. */
    private final ArrayDeque<Runnable> fresh = new ArrayDeque<>();
    /** Those that have had a go and have more. */
    private final ArrayDeque<Runnable> greedy = new ArrayDeque<>();

    private long left = UNITS;
    private long goLeft = GO_UNITS;
    private boolean endAsked;
    private boolean serveAsked;
    /** Whether those who wait have been served in this turn. */
    private boolean served;

    ReadBudget(Lane lane) {
        this.lane = lane;
    }

    /** What it costs to read so many bytes from a socket. */
    static long ofRead(int bytes) {
        return (long) READ + (bytes >> BYTES_SHIFT);
    }

    /** A connection has its go. */
    void beginGo() {
        goLeft = GO_UNITS;
    }

    void spend(long units) {
        left -= units;
        goLeft -= units;
        if (!endAsked) {
            endAsked = true;
            lane.atTurnEnd(this::turnEnds);
        }
    }

    /** Whether nobody may have another go in this turn. */
    boolean isSpent() {
        return left <= 0;
    }

    /** Whether the go that was begun is over. */
    boolean isGoOver() {
        return goLeft <= 0 || isSpent();
    }

    /** Has {@code go} run before those that have had one: in this turn of the lane, if there is something left. */
    void addFresh(Runnable go) {
        fresh.add(go);
        askToServe();
    }

    /** Has {@code go} run when it is its turn: it has just had one. */
    void addGreedy(Runnable go) {
        greedy.add(go);
        askToServe();
    }

    /** Once in a turn: what is added after that, or by a go that is served, waits for the next. */
    private void askToServe() {
        if (!serveAsked) {
            serveAsked = true;
            if (served) {
                lane.nextTurn(this::serve);
            } else {
                lane.execute(this::serve);
            }
        }
    }

    private void serve() {
        served = true;
        left = UNITS;
        boolean someGreedy = !greedy.isEmpty();
        while (!isEmpty() && !isSpent()) {
            someGreedy &= !fresh.isEmpty();
            run(fresh.isEmpty() ? greedy : fresh);
        }
        if (someGreedy) {
            // However many ask for little, somebody gets on who asks for much.
            run(greedy);
        }
        serveAsked = false;
        askAgain();
    }

    private void run(ArrayDeque<Runnable> queue) {
        spend(ASK);
        queue.remove().run();
    }

    private boolean isEmpty() {
        return fresh.isEmpty() && greedy.isEmpty();
    }

    private void turnEnds() {
        endAsked = false;
        served = false;
        left = UNITS;
        askAgain();
    }

    /** What is left goes on in the next turn. */
    private void askAgain() {
        if (!isEmpty() && !serveAsked) {
            serveAsked = true;
            lane.nextTurn(this::serve);
        }
    }
}
