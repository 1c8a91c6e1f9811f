package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ChannelMethod;
import io.ferrymq.amqp091.codec.Method;
import org.jspecify.annotations.Nullable;

/**
 * Answers to requests. One that says that something is done waits until that is on disk; meanwhile nothing more is read,
 * so that answers leave in the order of the requests and nothing that the client sent later takes effect earlier.
 *
 * <p>Thread contract: the connection's lane.
 */
final class Answers {
    private final Peer peer;
    private boolean ended;
    private @Nullable Waiting waiting;

    Answers(Peer peer) {
        this.peer = peer;
    }

    void now(Channel channel, Method answer) {
        peer.out().method(channel.number(), answer);
    }

    /** A channel that has ended meanwhile is told nothing but the end of it. */
    void whenDurable(Channel channel, Method answer) {
        whenDurable(() -> {
            if (!channel.isClosing() || answer instanceof ChannelMethod.CloseOk) {
                peer.out().method(channel.number(), answer);
            }
        });
    }

    /** A request came that wants no answer: what it had written counts as what is published does. */
    void notWanted() {
        if (peer.link().congested()) {
            peer.gate().shut(ReadGate.Reason.CONGESTION);
        }
    }

    /** Answers in a way of its own once everything asked for so far is on disk. */
    void whenDurable(Runnable answer) {
        Waiting fresh = new Waiting(answer);
        peer.link().afterDurable(fresh);
        if (!fresh.sent) {
            waiting = fresh;
            peer.gate().shut(ReadGate.Reason.ANSWER);
        }
    }

    /** Runs {@code news} behind the answer that waits, or now if none does. */
    void afterAnswer(Runnable news) {
        Waiting current = waiting;
        if (current == null) {
            news.run();
        } else {
            current.news = news;
        }
    }

    /** Answers that still wait are dropped: the connection is closing. */
    void end() {
        ended = true;
    }

    private final class Waiting implements Runnable {
        private final Runnable answer;
        private Runnable news = () -> {};
        private boolean sent;

        Waiting(Runnable answer) {
            this.answer = answer;
        }

        @Override
        public void run() {
            sent = true;
            waiting = null;
            if (!ended) {
                answer.run();
                news.run();
                peer.gate().open(ReadGate.Reason.ANSWER);
            }
        }
    }
}
