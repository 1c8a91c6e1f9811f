package io.ferrymq.amqp091;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.Link;

/**
 * Work of a connection in the broker that may take more than one turn. Nothing more is read from the peer until it is
 * over, so that what the client sends later comes after it.
 *
 * <p>Thread contract: the connection's lane.
 */
final class LongWork {
    private final Link link;
    private final ReadGate gate;

    LongWork(Link link, ReadGate gate) {
        this.link = link;
        this.gate = gate;
    }

    /** Does work, and {@code done} after it: inside this call if it is little. */
    void run(Chore chore, Runnable done) {
        Ending ending = new Ending(done);
        link.work(chore, ending);
        ending.holdUp();
    }

    /** What comes after work, and may come before who asked for it has gone on. */
    private final class Ending implements Runnable {
        private final Runnable done;
        private boolean over;
        private boolean holdsUp;

        Ending(Runnable done) {
            this.done = done;
        }

        void holdUp() {
            if (!over) {
                holdsUp = true;
                gate.workBegun();
            }
        }

        @Override
        public void run() {
            over = true;
            if (holdsUp) {
                gate.workEnded();
            }
            done.run();
        }
    }
}
