package io.ferrymq.client.amqp;

import com.rabbitmq.client.ShutdownSignalException;
import io.ferrymq.client.BackOff;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the broker still keeps for a connection of ours that it does not miss yet, as when the network went silent in one
 * direction: exclusive queues, and the places of exclusive consumers. It refuses them to the new connection until heartbeats
 * tell it that the old one is gone, so they are asked for again with back-off, for ever, as a broker is that cannot be
 * reached. The worker's.
 *
 * <pre>
 *   what                      meanwhile
 *   a queue                   messages for it wait, as without a connection; its bindings are made with it
 *   a consumer                is told, and begins when it may
 *   a request made before     is made again; others are refused with IN_USE
 * </pre>
 */
final class Reclaim {
    private static final Logger LOG = System.getLogger(Reclaim.class.getName());

    private final Executor worker;
    private final BackOff backOff;
    private final Topology topology;
    private final Consumptions consumptions;
    private final AmqpPublisher publisher;
    private final Requests requests;
    private @Nullable Session session;
    private int attempts;
    private boolean scheduled;

    Reclaim(
            Executor worker,
            BackOff backOff,
            Topology topology,
            Consumptions consumptions,
            AmqpPublisher publisher,
            Requests requests) {
        this.worker = worker;
        this.backOff = backOff;
        this.topology = topology;
        this.consumptions = consumptions;
        this.publisher = publisher;
        this.requests = requests;
    }

    /** There is a connection: declares all again, apart from what is held. */
    void begin(Session opened) throws IOException {
        session = opened;
        attempts = 0;
        scheduled = false;
        topology.restore(opened);
        publisher.hold(topology.held());
    }

    /** There is no connection any more. */
    void stop() {
        session = null;
    }

    /** Tries again after a while, if something is held. */
    void later() {
        Session open = session;
        if (open == null || scheduled || !isNeeded()) {
            return;
        }
        if (attempts == 0) {
            LOG.log(
                    Level.WARNING,
                    "the broker still keeps what a lost connection had to itself; it is asked again until it lets go");
        }
        scheduled = true;
        attempts++;
        CompletableFuture.delayedExecutor(backOff.millisAfter(attempts), TimeUnit.MILLISECONDS, worker)
                .execute(() -> attempt(open));
    }

    private boolean isNeeded() {
        return !topology.held().isEmpty() || consumptions.anyWaits() || requests.anyIsHeld();
    }

    private void attempt(Session open) {
        if (!open.equals(session)) {
            return;
        }
        scheduled = false;
        try {
            topology.restoreHeld(open);
            publisher.hold(topology.held());
            consumptions.beginWaiting();
            requests.askHeld();
        } catch (IOException | ShutdownSignalException e) {
            // Everything begins with the next connection.
            open.end();
            return;
        }
        publisher.flush();
        later();
    }
}
