package io.ferrymq.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stream whose items are put into a queue. So many are on their way at a time as was asked for; the next is
 * requested when one is confirmed, so that a full queue slows the stream down. For one stream.
 */
public final class QueueSubscriber<T> implements Flow.Subscriber<T> {
    private final Function<T, CompletableFuture<Void>> put;
    private final int inFlightMax;

    /** Items that are not confirmed, and one for the stream while it has not ended. */
    private final AtomicInteger open = new AtomicInteger(1);

    private final CompletableFuture<Void> completion = new CompletableFuture<>();
    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();

    QueueSubscriber(Function<T, CompletableFuture<Void>> put, int inFlightMax) {
        this.put = put;
        this.inFlightMax = inFlightMax;
    }

    /** Completes when the stream has ended and every item is confirmed; fails with the stream, or when a put fails. */
    public CompletableFuture<Void> completion() {
        return completion.copy();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        if (subscription.compareAndSet(null, given)) {
            given.request(inFlightMax);
        } else {
            given.cancel();
        }
    }

    @Override
    public void onNext(T item) {
        open.incrementAndGet();
        Promises.whenDone(put.apply(item), (nothing, error) -> {
            if (error != null) {
                fail(Promises.cause(error));
            } else {
                request();
                closeOne();
            }
        });
    }

    private void request() {
        Flow.Subscription stream = subscription.get();
        if (stream != null) {
            stream.request(1);
        }
    }

    private void closeOne() {
        if (open.decrementAndGet() == 0) {
            completion.complete(null);
        }
    }

    private void fail(Throwable error) {
        Flow.Subscription stream = subscription.get();
        if (completion.completeExceptionally(error) && stream != null) {
            stream.cancel();
        }
    }

    @Override
    public void onError(Throwable error) {
        completion.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        closeOne();
    }
}
