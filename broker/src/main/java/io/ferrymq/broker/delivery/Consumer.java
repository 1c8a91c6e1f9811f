package io.ferrymq.broker.delivery;

import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.Subscription;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.ValueProblem;
import io.ferrymq.broker.routing.ArgumentValues;
import io.ferrymq.broker.topology.ObjectBytes;
import io.ferrymq.broker.topology.QueueType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One subscription on one queue. Lane only. */
public final class Consumer implements Subscription {
    /** The queue's side of a subscription. */
    public interface Source {
        /** The consumer can take messages again. */
        void resumed(Consumer consumer);

        /** The consumer ends. */
        void cancelled(Consumer consumer);
    }

    /** What a subscription takes on the heap, on both sides of the port, beside its arguments; an estimate. */
    private static final int BYTES = 600;

    private static final String PRIORITY = "x-priority";
    private static final String TIMEOUT = "x-consumer-timeout";
    /** What only streams understand. */
    private static final List<String> STREAMS_ONLY =
            List.of("x-stream-offset", "x-stream-filter", "x-stream-match-unfiltered");

    private final SubscriptionRequest request;
    private final DeliverySink sink;
    private final Source source;
    private final int priority;
    private final long timeoutMillis;
    /** Its place among all that ever came to its queue; set by {@link Consumers}. */
    long arrival;

    /** Its neighbours in the {@link Turn} that it is in. */
    @Nullable Consumer before;

    @Nullable Consumer after;

    private boolean parked;
    private boolean ended;

    /** {@code timeoutMillis} holds unless the arguments name another. */
    public Consumer(SubscriptionRequest request, DeliverySink sink, Source source, long timeoutMillis) {
        this.request = request;
        this.sink = sink;
        this.source = source;
        this.priority = Math.clamp(
                ArgumentValues.integer(request.arguments().get(PRIORITY)).orElse(0L),
                Integer.MIN_VALUE,
                Integer.MAX_VALUE);
        this.timeoutMillis =
                ArgumentValues.integer(request.arguments().get(TIMEOUT)).orElse(timeoutMillis);
    }

    /**
     * Checks the arguments of a subscription on {@code queue}.
     *
     * @throws RefusedException with {@code InvalidArgument} if the priority is no integer, or the timeout none from 0 up;
     *     with {@code UnsupportedArgument} if one is for streams
     */
    public static void requireAcceptable(Resource queue, QueueType type, Map<String, @Nullable Object> arguments) {
        for (String argument : STREAMS_ONLY) {
            if (arguments.containsKey(argument)) {
                throw new RefusedException(new Refusal.UnsupportedArgument(queue, argument, type.wireName()));
            }
        }
        requireInteger(queue, arguments, PRIORITY, Long.MIN_VALUE);
        requireInteger(queue, arguments, TIMEOUT, 0);
    }

    private static void requireInteger(
            Resource queue, Map<String, @Nullable Object> arguments, String argument, long min) {
        if (!arguments.containsKey(argument)) {
            return;
        }
        Object value = arguments.get(argument);
        Optional<Long> number = ArgumentValues.integer(value);
        if (number.isEmpty()) {
            ValueProblem problem = new ValueProblem.WrongType(ValueProblem.ArgumentType.INTEGER);
            throw new RefusedException(new Refusal.InvalidArgument(queue, argument, value, problem));
        }
        if (number.get() < min) {
            throw new RefusedException(
                    new Refusal.InvalidArgument(queue, argument, value, new ValueProblem.TooSmall(min)));
        }
    }

    public SubscriptionRequest request() {
        return request;
    }

    public DeliverySink sink() {
        return sink;
    }

    public boolean settlesOnDelivery() {
        return request.settling() == SubscriptionRequest.Settling.ON_DELIVERY;
    }

    public boolean isExclusive() {
        return request.sharing() == SubscriptionRequest.Sharing.EXCLUSIVE;
    }

    @Override
    public long timeoutMillis() {
        return timeoutMillis;
    }

    /** What it takes on the heap, about. */
    public long memoryBytes() {
        return memoryBytes(request);
    }

    /** What a subscription that is asked for in this way would take. */
    public static long memoryBytes(SubscriptionRequest request) {
        return BYTES
                + 2L * request.tag().length()
                + request.queue().length()
                + ObjectBytes.ofArguments(request.arguments());
    }

    int priority() {
        return priority;
    }

    boolean isParked() {
        return parked;
    }

    void park() {
        parked = true;
    }

    void unpark() {
        parked = false;
    }

    /** Whether it was cancelled, or its queue is gone. */
    public boolean hasEnded() {
        return ended;
    }

    @Override
    public void resume() {
        if (parked && !ended) {
            source.resumed(this);
        }
    }

    @Override
    public void cancel() {
        if (!ended) {
            ended = true;
            source.cancelled(this);
        }
    }

    /** Ends it because its queue is gone, and says so to the session. */
    public void queueGone() {
        if (!ended) {
            ended = true;
            sink.cancelled();
        }
    }
}
