package io.ferrymq.client.amqp;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.RequestException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The consumers of a transport, which begin again with each connection. The worker's. */
final class Consumptions {
    /** A connection, and who publishes on it. */
    private record Open(Session session, AmqpPublisher publisher) {}

    private final Set<AmqpConsumption> all = new LinkedHashSet<>();
    /** Those of all whose place at the queue is still another connection's. */
    private final Set<AmqpConsumption> waiting = new LinkedHashSet<>();
    /** Told when one waits. */
    private final Runnable reclaim;

    private final Function<String, Optional<RequestException>> held;

    private @Nullable Open open;

    /**
     * @param held what the broker has against giving one of our queues to this connection yet
     * @param reclaim told when somebody waits for {@link #beginWaiting}
     */
    Consumptions(Function<String, Optional<RequestException>> held, Runnable reclaim) {
        this.held = held;
        this.reclaim = reclaim;
    }

    /** There is a connection: everyone begins. */
    void begin(Session session, AmqpPublisher publisher) throws IOException {
        Open opened = new Open(session, publisher);
        open = opened;
        waiting.clear();
        for (AmqpConsumption consumption : List.copyOf(all)) {
            begin(opened, consumption);
        }
    }

    /** One more begins. */
    void add(Session session, AmqpPublisher publisher, AmqpConsumption consumption) throws IOException {
        Optional<RequestException> reason = held.apply(consumption.queue());
        if (reason.isPresent()) {
            waits(consumption, reason.get());
        } else {
            consumption.begin(channelFor(new Open(session, publisher), consumption));
        }
        all.add(consumption);
    }

    private void waits(AmqpConsumption consumption, RequestException refusal) {
        if (waiting.add(consumption)) {
            consumption.waits(refusal);
        }
        reclaim.run();
    }

    boolean anyWaits() {
        return !waiting.isEmpty();
    }

    /** Those begin whose queue is theirs by now. */
    void beginWaiting() throws IOException {
        Open opened = open;
        for (AmqpConsumption consumption : List.copyOf(waiting)) {
            if (opened != null) {
                begin(opened, consumption);
            }
        }
    }

    private static Channel channelFor(Open open, AmqpConsumption consumption) throws IOException {
        return consumption.takesReplies()
                ? open.publisher.channel().orElseThrow(() -> new IOException("no channel to publish on"))
                : open.session.consuming().createChannel();
    }

    private void begin(Open opened, AmqpConsumption consumption) throws IOException {
        Optional<RequestException> reason = held.apply(consumption.queue());
        if (reason.isPresent()) {
            // Not even tried: the queue that is there now may go in this moment, and is not ours in any case.
            waits(consumption, reason.get());
            return;
        }
        try {
            consumption.begin(channelFor(opened, consumption));
            waiting.remove(consumption);
        } catch (IOException | ShutdownSignalException e) {
            Optional<RequestException> refusal = Faults.refusal(e);
            if (refusal.isEmpty() || !opened.session.consuming().isOpen()) {
                throw e;
            }
            if (Faults.isInUse(refusal.get())) {
                waits(consumption, refusal.get());
                return;
            }
            left(consumption);
            consumption.end(refusal.get());
        }
    }

    /** One lost its channel, and not the connection. */
    void beginAgain(AmqpConsumption consumption) {
        Open opened = open;
        if (opened == null || !all.contains(consumption)) {
            return;
        }
        try {
            begin(opened, consumption);
        } catch (IOException | ShutdownSignalException e) {
            // It begins with the next connection.
            opened.session.end();
        }
    }

    /** There is another channel to publish on: those who take replies listen there. */
    void publisherReplaced() {
        for (AmqpConsumption consumption : List.copyOf(all)) {
            if (consumption.takesReplies()) {
                consumption.interrupted();
                beginAgain(consumption);
            }
        }
    }

    void left(AmqpConsumption consumption) {
        all.remove(consumption);
        waiting.remove(consumption);
    }

    /** There is no connection any more, or it was not completed. */
    void stop() {
        open = null;
    }

    /** The connection is lost, which everyone is told. */
    void interrupted() {
        open = null;
        List.copyOf(all).forEach(AmqpConsumption::interrupted);
    }

    void end(ClosedException reason) {
        open = null;
        List.copyOf(all).forEach(consumption -> consumption.end(reason));
        all.clear();
        waiting.clear();
    }
}
