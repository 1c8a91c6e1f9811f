package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.Method;

/**
 * Answers to requests. One that says that something is done waits until that is on disk; meanwhile nothing more is read,
 * so that answers leave in the order of the requests and nothing that the client sent later takes effect earlier.
 *
 * <p>Thread contract: the connection's lane.
 */
final class Answers {
    private final Peer peer;
    private boolean ended;

    Answers(Peer peer) {
        this.peer = peer;
    }

    void now(Channel channel, Method answer) {
        peer.out().method(channel.number(), answer);
    }

    void whenDurable(Channel channel, Method answer) {
        whenDurable(() -> peer.out().method(channel.number(), answer));
    }

    /** Answers in a way of its own once everything asked for so far is on disk. */
    void whenDurable(Runnable answer) {
        Waiting waiting = new Waiting(answer);
        peer.link().afterDurable(waiting);
        if (!waiting.sent) {
            peer.gate().shut(ReadGate.Reason.ANSWER);
        }
    }

    /** Answers that still wait are dropped: the connection is closing. */
    void end() {
        ended = true;
    }

    private final class Waiting implements Runnable {
        private final Runnable answer;
        private boolean sent;

        Waiting(Runnable answer) {
            this.answer = answer;
        }

        @Override
        public void run() {
            sent = true;
            if (!ended) {
                answer.run();
                peer.gate().open(ReadGate.Reason.ANSWER);
            }
        }
    }
}
