package io.ferrymq.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** Values taken one by one: each is somebody's, or back where it came from. Any thread. */
final class Taking<T> {
    private final Intake intake;
    private final Codec<T> codec;

    Taking(Intake intake, Codec<T> codec) {
        this.intake = intake;
        this.codec = codec;
    }

    Received<T> take() throws InterruptedException {
        CompletableFuture<Incoming> taker = intake.take();
        try {
            return received(Waits.get(taker));
        } catch (InterruptedException e) {
            intake.giveUp(taker).ifPresent(intake::putBack);
            throw e;
        }
    }

    Optional<Received<T>> poll(Duration timeout) throws InterruptedException {
        CompletableFuture<Incoming> taker = intake.take();
        try {
            return Optional.of(received(Waits.get(taker, timeout)));
        } catch (TimeoutException e) {
            return intake.giveUp(taker).map(this::received);
        } catch (InterruptedException e) {
            intake.giveUp(taker).ifPresent(intake::putBack);
            throw e;
        }
    }

    CompletableFuture<Received<T>> takeAsync() {
        CompletableFuture<Incoming> taker = intake.take();
        return Promises.handedOver(
                taker, () -> intake.giveUp(taker).ifPresent(intake::putBack), this::received, intake::putBack);
    }

    CompletableFuture<Optional<Received<T>>> pollAsync(Duration timeout) {
        CompletableFuture<Received<T>> taking = takeAsync();
        CompletableFuture<Optional<Received<T>>> polled = new CompletableFuture<>();
        Promises.whenDone(taking, (received, error) -> {
            if (received != null) {
                if (!polled.complete(Optional.of(received))) {
                    received.requeue();
                }
            } else if (error instanceof CancellationException) {
                polled.complete(Optional.empty());
            } else if (error != null) {
                polled.completeExceptionally(error);
            }
        });
        Promises.whenDone(polled, (result, error) -> taking.cancel(false));
        Threads.after(timeout.toMillis(), () -> taking.cancel(false));
        return polled;
    }

    private Received<T> received(Incoming message) {
        return new Received<>(message, codec);
    }
}
