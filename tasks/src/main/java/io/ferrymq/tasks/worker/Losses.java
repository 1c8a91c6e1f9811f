package io.ferrymq.tasks.worker;

import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.tasks.Tasks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls that are acknowledged late and come again because their worker was lost: counts how often, and parks those that
 * it happened to too often, since they may be the reason.
 *
 * <p>A broker says that a message comes again, and not whether it only waited in a worker that another call took down. So a
 * call that comes again notes each time that it begins, as a message in a queue of its own, which goes when the call has
 * ended or its worker stops in order. Calls that never come again note nothing.
 *
 * <pre>
 *   ferry.begun.ID   a message for each beginning since the call came again for the first time
 *   QUEUE.parked     calls that were parked, as they came, with the reason in headers
 * </pre>
 *
 * <p>Thread contract: any thread.
 */
final class Losses {
    static final String PARKED = ".parked";
    static final String COUNT_HEADER = "x-ferry-parked-losses";
    static final String REASON_HEADER = "x-ferry-parked-reason";
    static final String TIME_HEADER = "x-ferry-parked-time";

    private static final Logger LOG = LoggerFactory.getLogger(Losses.class);
    private static final String BEGUN = "ferry.begun.";
    private static final long BEGUN_EXPIRES_MILLIS = Duration.ofDays(7).toMillis();

    private final Tasks tasks;

    Losses(Tasks tasks) {
        this.tasks = tasks;
    }

    /** Whether a call may be one that was lost before. */
    static boolean concerns(TaskRun run) {
        return run.acknowledgesLate() && run.delivery().redelivered();
    }

    /** How often a call has surely lost its worker: as often as it noted to begin, and once before that. */
    CompletableFuture<Long> count(TaskRun run) {
        QueueDeclaration declaration = QueueDeclaration.durable(queueOf(run)).with("x-expires", BEGUN_EXPIRES_MILLIS);
        return tasks.transport()
                .declareQueueOnce(declaration)
                .thenApply(state -> state.ready() == 0 ? 0 : state.ready() + 1);
    }

    /** Notes that a call begins, which was counted before. Completes when the broker has it. */
    CompletableFuture<Void> begins(TaskRun run) {
        return tasks.transport().publish(OutgoingMessage.toQueue(queueOf(run), MessageProperties.NONE, new byte[0]));
    }

    /** Forgets how often a call was lost. Completes when the broker has. */
    CompletableFuture<?> forget(TaskRun run) {
        return tasks.transport().deleteQueue(queueOf(run));
    }

    private static String queueOf(TaskRun run) {
        return BEGUN + run.message().id();
    }

    /** Sends a copy to where parked calls wait for somebody to look at them. Completes when the broker has it. */
    CompletableFuture<Void> park(TaskRun run, long count, String reason) {
        Delivery delivery = run.delivery();
        String queue = run.queue() + PARKED;
        LOG.error("{} is parked in {}: {}", run.name(), queue, reason);
        MessageProperties properties = delivery.properties().toBuilder()
                .expiration(null)
                .header(COUNT_HEADER, count)
                .header(REASON_HEADER, reason)
                .header(TIME_HEADER, tasks.clock().instant().toString())
                .build();
        return tasks.declared(queue)
                .thenCompose(
                        done -> tasks.transport().publish(OutgoingMessage.toQueue(queue, properties, delivery.body())));
    }
}
