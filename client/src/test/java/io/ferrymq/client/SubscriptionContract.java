package io.ferrymq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.client.SubscribeOptions.Acknowledge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What handlers, streams and requests are promised, whatever the transport. */
@Timeout(120)
public abstract class SubscriptionContract {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final RetryPolicy QUICK = RetryPolicy.FOREVER.backOff(Duration.ofMillis(5), Duration.ofMillis(20));

    private Ferry ferry;
    private final List<String> names = new ArrayList<>();

    /** Opens the broker under test; a second client sees the same queues. */
    protected abstract Ferry open();

    @BeforeEach
    void openFerry() {
        ferry = open();
    }

    @AfterEach
    void closeFerry() {
        for (String name : names) {
            ferry.transport().deleteQueue(name).join();
        }
        ferry.close();
    }

    private String name() {
        String name = "contract-" + System.nanoTime();
        names.add(name);
        return name;
    }

    private MessageQueue<Integer> numbers() throws InterruptedException {
        return ferry.queue(name(), Integer.class);
    }

    private static void putAll(MessageQueue<Integer> queue, int count) {
        List<CompletableFuture<Void>> puts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            puts.add(queue.putAsync(i));
        }
        puts.forEach(CompletableFuture::join);
    }

    // ---- handlers ----

    @Test
    void aHandlerGetsEveryMessageInOrderAndJoinWaitsForIt() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        List<Integer> handled = new ArrayList<>();
        try (Subscription subscription =
                queue.subscribe(SubscribeOptions.DEFAULT, message -> handled.add(message.value()))) {
            putAll(queue, 50);
            queue.join();
            assertThat(subscription.ended()).isNotDone();
        }
        assertThat(handled).hasSize(50).isSorted();
    }

    @Test
    void asManyHandlersRunAtATimeAsWereAskedFor() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        CyclicBarrier together = new CyclicBarrier(4);
        try (Subscription subscription =
                queue.subscribe(SubscribeOptions.concurrency(4), message -> together.await(60, TimeUnit.SECONDS))) {
            putAll(queue, 8);
            queue.join();
            assertThat(together.isBroken()).isFalse();
            assertThat(subscription.ended()).isNotDone();
        }
    }

    @Test
    void aFailedMessageIsHandledAgainUntilItSucceeds() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        ConcurrentLinkedQueue<Integer> attempts = new ConcurrentLinkedQueue<>();
        try (Subscription subscription = queue.subscribe(SubscribeOptions.DEFAULT.retry(QUICK), message -> {
            attempts.add(message.attempt());
            if (message.attempt() < 3) {
                throw new IllegalStateException("not yet");
            }
        })) {
            queue.put(1);
            queue.join();
            assertThat(subscription.ended()).isNotDone();
        }
        assertThat(attempts).containsExactly(1, 2, 3);
    }

    @Test
    void messagesThatWaitForTheirRetryHoldUpNoOthers() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        CountDownLatch good = new CountDownLatch(20);
        RetryPolicy slow = RetryPolicy.FOREVER.backOff(Duration.ofMinutes(1), Duration.ofMinutes(1));
        try (Subscription subscription = queue.subscribe(SubscribeOptions.DEFAULT.retry(slow), message -> {
            if (message.value() < 5) {
                throw new IllegalStateException("bad");
            }
            good.countDown();
        })) {
            putAll(queue, 25);
            assertThat(good.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(subscription.ended()).isNotDone();
        }
        // What was still to be tried is given back.
        await().atMost(LONG).untilAsserted(() -> assertThat(queue.size()).isEqualTo(5));
    }

    @Test
    void afterTheLastAttemptAMessageIsADeadLetter() throws InterruptedException {
        String dead = name();
        MessageQueue<Integer> queue =
                ferry.queue(QueueOptions.durable(name()).deadLetters(dead), Codec.of(Integer.class));
        RetryPolicy twice = RetryPolicy.attempts(2).backOff(Duration.ofMillis(5), Duration.ofMillis(5));
        AtomicInteger attempts = new AtomicInteger();
        try (Subscription subscription = queue.subscribe(SubscribeOptions.DEFAULT.retry(twice), message -> {
            attempts.incrementAndGet();
            throw new IllegalStateException("never");
        })) {
            queue.put(7);
            Received<Integer> letter = ferry.queue(QueueOptions.existing(dead), Codec.of(Integer.class))
                    .take();
            assertThat(letter.value()).isEqualTo(7);
            letter.done();
            assertThat(subscription.ended()).isNotDone();
        }
        assertThat(attempts).hasValue(2);
    }

    @Test
    void aLimitOfAttemptsNeedsDeadLetters() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        assertThatThrownBy(
                        () -> queue.subscribe(SubscribeOptions.DEFAULT.retry(RetryPolicy.attempts(3)), message -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deadLetters");
    }

    @Test
    void aHandlerMayAnswerLater() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        ConcurrentLinkedQueue<Received<Integer>> held = new ConcurrentLinkedQueue<>();
        SubscribeOptions threeAtATime = SubscribeOptions.DEFAULT.prefetch(3).acknowledge(Acknowledge.BY_HANDLER);
        try (Subscription subscription = queue.subscribe(threeAtATime, held::add)) {
            putAll(queue, 6);
            await().atMost(LONG).until(() -> held.size() == 3);
            assertThat(queue.size()).isEqualTo(3);
            held.forEach(Received::done);
            await().atMost(LONG).until(() -> held.size() == 6);
            held.forEach(Received::done);
            queue.join();
            assertThat(subscription.ended()).isNotDone();
        }
    }

    @Test
    void closingASubscriptionWaitsForItsHandler() throws Exception {
        MessageQueue<Integer> queue = numbers();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicReference<@Nullable String> state = new AtomicReference<>();
        Subscription subscription = queue.subscribe(SubscribeOptions.DEFAULT, message -> {
            begun.countDown();
            mayEnd.await();
            state.set("handled");
        });
        queue.put(1);
        begun.await();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(subscription::close, Threads.executor());
        assertThat(closed).isNotDone();
        mayEnd.countDown();
        closed.get(60, TimeUnit.SECONDS);
        assertThat(state).hasValue("handled");
        queue.join();
    }

    @Test
    void aSubscriptionEndsWithItsQueue() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        CountDownLatch handled = new CountDownLatch(1);
        Subscription subscription = queue.subscribe(SubscribeOptions.DEFAULT, message -> handled.countDown());
        queue.put(1);
        handled.await();
        ferry.transport().deleteQueue(queue.name()).join();
        assertThatThrownBy(() -> subscription.ended().get(60, TimeUnit.SECONDS)).hasMessageContaining(queue.name());
    }

    // ---- requests ----

    @Test
    void aRequestGetsItsReply() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        try (Subscription server =
                queue.respond(SubscribeOptions.concurrency(4), Codec.text(), number -> "number " + number)) {
            List<CompletableFuture<String>> replies = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                replies.add(queue.request(i, Codec.text(), LONG));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(replies.get(i).join()).isEqualTo("number " + i);
            }
            assertThat(server.ended()).isNotDone();
        }
    }

    @Test
    void aFailureOfWhoAnswersIsTheRequesters() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        try (Subscription server = queue.respond(SubscribeOptions.DEFAULT, Codec.text(), number -> {
            throw new IllegalArgumentException("no such number");
        })) {
            assertThatThrownBy(() -> queue.request(1, Codec.text(), LONG).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(RequestFailedException.class)
                    .hasMessageContaining("no such number");
            assertThat(server.ended()).isNotDone();
        }
    }

    @Test
    void aRequestThatNobodyAnswersTimesOut() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        assertThatThrownBy(() ->
                        queue.request(1, Codec.text(), Duration.ofMillis(100)).join())
                .hasCauseInstanceOf(TimeoutException.class);
    }

    // ---- streams ----

    @Test
    void aStreamGivesNoMoreThanWasRequested() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        putAll(queue, 10);
        ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
        CompletableFuture<Flow.Subscription> begun = new CompletableFuture<>();
        CompletableFuture<Void> completed = new CompletableFuture<>();
        queue.publisher(5).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                begun.complete(subscription);
            }

            @Override
            public void onNext(Received<Integer> message) {
                seen.add(message.value());
                message.done();
            }

            @Override
            public void onError(Throwable error) {
                completed.completeExceptionally(error);
            }

            @Override
            public void onComplete() {
                completed.complete(null);
            }
        });
        Flow.Subscription subscription = begun.join();
        subscription.request(3);
        await().atMost(LONG).until(() -> seen.size() >= 3);
        assertThat(queue.size()).isLessThanOrEqualTo(7);
        assertThat(seen).containsExactly(0, 1, 2);
        subscription.request(Long.MAX_VALUE);
        await().atMost(LONG).until(() -> seen.size() == 10);
        queue.join();
    }

    @Test
    void aStreamCanBePutIntoAQueue() throws InterruptedException {
        MessageQueue<Integer> queue = numbers();
        QueueSubscriber<Integer> sink = queue.subscriber(4);
        try (SubmissionPublisher<Integer> source = new SubmissionPublisher<>()) {
            source.subscribe(sink);
            for (int i = 0; i < 100; i++) {
                source.submit(i);
            }
        }
        sink.completion().join();
        assertThat(queue.size()).isEqualTo(100);
    }
}
