package io.ferrymq.client;

import io.ferrymq.client.transport.ClosedException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A queue's messages as a stream that does not end. Each subscriber is a consumer of its own, and messages are shared out
 * among them. No more come than were requested, and no more are here than the prefetch allows and the subscriber has not
 * answered.
 *
 * @param intakes makes the consumer of a subscriber
 */
record QueuePublisher<T>(Supplier<Intake> intakes, Function<Incoming, Received<T>> received)
        implements Flow.Publisher<Received<T>> {
    @Override
    public void subscribe(Flow.Subscriber<? super Received<T>> subscriber) {
        Stream<T> stream = new Stream<>(subscriber, intakes.get(), received);
        subscriber.onSubscribe(stream);
    }

    /** One subscriber's stream: at most one message is being taken at a time, so signals come one after the other. */
    private static final class Stream<T> implements Flow.Subscription {
        private final Flow.Subscriber<? super Received<T>> subscriber;
        private final Intake intake;
        private final Function<Incoming, Received<T>> received;
        private final AtomicLong requested = new AtomicLong();

        /** Published by whoever cancels, read by the stream. */
        private volatile boolean over;

        Stream(
                Flow.Subscriber<? super Received<T>> subscriber,
                Intake intake,
                Function<Incoming, Received<T>> received) {
            this.subscriber = subscriber;
            this.intake = intake;
            this.received = received;
        }

        @Override
        public void request(long count) {
            if (count <= 0) {
                end(new IllegalArgumentException("request(" + count + "): at least 1 must be requested (3.9)"));
            } else if (requested.getAndAccumulate(count, Stream::sum) == 0) {
                takeNext();
            }
        }

        private static long sum(long one, long other) {
            return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
        }

        private void takeNext() {
            if (over) {
                return;
            }
            Promises.whenDone(
                    Promises.handedOver(intake.take(), () -> {}, message -> message, intake::putBack),
                    (message, error) -> {
                        if (message == null) {
                            end(error == null ? new IllegalStateException("nothing was taken") : error);
                        } else {
                            next(message);
                        }
                    });
        }

        private void next(Incoming message) {
            if (over) {
                intake.putBack(message);
                return;
            }
            subscriber.onNext(received.apply(message));
            if (requested.accumulateAndGet(-1, (now, one) -> now == Long.MAX_VALUE ? now : now + one) > 0) {
                takeNext();
            }
        }

        private void end(Throwable error) {
            if (over) {
                return;
            }
            cancel();
            if (error instanceof ClosedException && error.getCause() == null) {
                subscriber.onComplete();
            } else {
                subscriber.onError(error);
            }
        }

        @Override
        public void cancel() {
            over = true;
            intake.close(new ClosedException("the stream was cancelled", null));
        }
    }
}
