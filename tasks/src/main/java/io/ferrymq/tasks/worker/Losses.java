package io.ferrymq.tasks.worker;

import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.tasks.Tasks;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls that are acknowledged late and come again because their worker was lost: counts how often, and parks those that
 * it happened to too often, since they may be the reason.
 *
 * <pre>
 *   the broker counts (x-delivery-count)   that is how often
 *   the call comes again                   a copy goes to its queue with one more in {@value #COUNT_HEADER}; the call is let go
 *   it comes again a second time           the copy goes to QUEUE.suspects
 *   it was lost too often                  a copy goes to QUEUE.parked; the call fails
 * </pre>
 *
 * <p>It is not known which of the calls that a worker held has taken it down. So those that were lost twice wait in a queue of
 * their own, of which every worker holds one at a time: from there on only the one that runs is counted. Any thread.
 */
final class Losses {
    static final String PARKED = ".parked";

    /** What the queue's name ends with where calls wait that may take their worker down. */
    static final String SUSPECTS = ".suspects";

    private static final int LOSSES_TO_BE_SUSPECT = 2;

    static final String COUNT_HEADER = "x-ferry-losses";
    static final String REASON_HEADER = "x-ferry-parked-reason";
    static final String TIME_HEADER = "x-ferry-parked-time";

    private static final Logger LOG = LoggerFactory.getLogger(Losses.class);
    private static final String BROKERS_COUNT_HEADER = "x-delivery-count";

    private final Tasks tasks;
    private final Clock clock;

    /** What is to be done with a call whose turn has come. */
    enum Verdict {
        RUN,
        /** It comes again, counted. */
        COUNT,
        PARK
    }

    Losses(Tasks tasks) {
        this.tasks = tasks;
        this.clock = tasks.clock();
    }

    static Verdict verdict(TaskRun run) {
        Delivery delivery = run.delivery();
        if (!run.acknowledgesLate()) {
            return Verdict.RUN;
        }
        if (count(delivery) > run.definition().options().workerLossesMax()) {
            return Verdict.PARK;
        }
        return delivery.redelivered() && !brokerCounts(delivery) ? Verdict.COUNT : Verdict.RUN;
    }

    private static boolean brokerCounts(Delivery delivery) {
        return delivery.properties().headers().get(BROKERS_COUNT_HEADER) instanceof Number;
    }

    /** How often it has lost its worker, with this time. */
    static long count(Delivery delivery) {
        if (delivery.properties().headers().get(BROKERS_COUNT_HEADER) instanceof Number counted) {
            return counted.longValue();
        }
        Object before = delivery.properties().headers().get(COUNT_HEADER);
        return (before instanceof Number number ? number.longValue() : 0) + (delivery.redelivered() ? 1 : 0);
    }

    /** Sends a copy to its queue, or to that of the suspects, with the count of losses. Completes when the broker has it. */
    CompletableFuture<Void> sendAgain(TaskRun run) {
        Delivery delivery = run.delivery();
        long count = count(delivery);
        boolean suspect = count
                >= Math.min(LOSSES_TO_BE_SUSPECT, run.definition().options().workerLossesMax());
        String queue = suspect ? run.queue() + SUSPECTS : run.queue();
        MessageProperties properties =
                delivery.properties().toBuilder().header(COUNT_HEADER, count).build();
        return tasks.declared(queue).thenCompose(done -> publish(queue, properties, delivery));
    }

    /** Sends a copy to its queue as it came. Completes when the broker has it. */
    CompletableFuture<Void> handBack(TaskRun run) {
        return publish(run.queue(), run.delivery().properties(), run.delivery());
    }

    /** Sends a copy to where parked calls wait for somebody to look at them. Completes when the broker has it. */
    CompletableFuture<Void> park(TaskRun run, String reason) {
        Delivery delivery = run.delivery();
        String queue = run.queue() + PARKED;
        LOG.error("{} is parked in {}: {}", run.name(), queue, reason);
        MessageProperties properties = delivery.properties().toBuilder()
                .expiration(null)
                .header(COUNT_HEADER, count(delivery))
                .header(REASON_HEADER, reason)
                .header(TIME_HEADER, clock.instant().toString())
                .build();
        return tasks.declared(queue).thenCompose(done -> publish(queue, properties, delivery));
    }

    private CompletableFuture<Void> publish(String queue, MessageProperties properties, Delivery delivery) {
        return tasks.transport().publish(OutgoingMessage.toQueue(queue, properties, delivery.body()));
    }
}
