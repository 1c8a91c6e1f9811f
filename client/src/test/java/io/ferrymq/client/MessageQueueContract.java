package io.ferrymq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.RequestException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link MessageQueue} promises, whatever the transport. */
@Timeout(120)
public abstract class MessageQueueContract {
    /** An order, as applications have them. */
    public record Order(int number, String customer, List<String> items) {}

    protected static final Duration LONG = Duration.ofSeconds(60);
    protected static final Duration SHORT = Duration.ofMillis(50);

    protected Ferry ferry;
    private final List<String> names = new ArrayList<>();
    private final List<CompletableFuture<Void>> putting = new ArrayList<>();

    /** Opens the broker under test; a second client sees the same queues. */
    protected abstract Ferry open();

    @BeforeEach
    void openFerry() {
        ferry = open();
    }

    @AfterEach
    void closeFerry() {
        assertThat(putting).allSatisfy(put -> assertThat(put).succeedsWithin(LONG));
        for (String name : names) {
            ferry.transport().deleteQueue(name).join();
        }
        ferry.close();
    }

    protected String name() {
        String name = "contract-" + System.nanoTime();
        names.add(name);
        return name;
    }

    protected MessageQueue<String> queue() throws InterruptedException {
        return ferry.queue(name(), String.class);
    }

    private static void waitUntilBlocked(Thread thread) {
        await().atMost(LONG)
                .until(() ->
                        thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }

    // ---- put and take ----

    @Test
    void whatIsPutIsTakenInOrder() throws InterruptedException {
        MessageQueue<String> queue = queue();
        for (int i = 0; i < 100; i++) {
            putting.add(queue.putAsync("message " + i));
        }
        for (int i = 0; i < 100; i++) {
            Received<String> received = queue.take();
            assertThat(received.value()).isEqualTo("message " + i);
            assertThat(received.redelivered()).isFalse();
            received.done();
        }
        assertThat(queue.size()).isZero();
    }

    @Test
    void recordsTravelAsJson() throws InterruptedException {
        MessageQueue<Order> queue = ferry.queue(name(), Order.class);
        Order order = new Order(7, "Zoë", List.of("tea", "milk"));
        queue.put(order);
        Received<Order> received = queue.take();
        assertThat(received.value()).isEqualTo(order);
        assertThat(received.properties().contentType()).isEqualTo("application/json");
        received.done();
    }

    @Test
    void propertiesTravelAlongAndEachMessageHasAnId() throws InterruptedException {
        MessageQueue<byte[]> queue = ferry.queue(name(), byte[].class);
        queue.put(
                new byte[] {1, 2},
                MessageProperties.builder().type("pair").header("tenant", "a").build());
        queue.put(new byte[0]);
        Received<byte[]> first = queue.take();
        Received<byte[]> second = queue.take();
        assertThat(first.value()).containsExactly(1, 2);
        assertThat(first.properties().type()).isEqualTo("pair");
        assertThat(first.properties().headers()).containsEntry("tenant", "a");
        assertThat(first.properties().messageId())
                .isNotNull()
                .isNotEqualTo(second.properties().messageId());
        first.done();
        second.done();
    }

    @Test
    void takeWaitsForAMessage() throws InterruptedException {
        MessageQueue<String> queue = queue();
        CompletableFuture<String> taken = new CompletableFuture<>();
        Thread taker = new Thread(() -> {
            try {
                Received<String> received = queue.take();
                received.done();
                taken.complete(received.value());
            } catch (InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });
        taker.start();
        waitUntilBlocked(taker);
        queue.put("late");
        assertThat(taken.join()).isEqualTo("late");
    }

    @Test
    void pollGivesUpAfterItsTime() throws InterruptedException {
        MessageQueue<String> queue = queue();
        assertThat(queue.poll(SHORT)).isEmpty();
        assertThat(queue.pollAsync(SHORT).join()).isEmpty();
        queue.put("there");
        assertThat(queue.poll(LONG).map(Received::value)).contains("there");
    }

    @Test
    void anInterruptedTakerLosesNothing() throws InterruptedException {
        MessageQueue<String> queue = queue();
        Thread taker = new Thread(() -> assertThatThrownBy(queue::take).isInstanceOf(InterruptedException.class));
        taker.start();
        waitUntilBlocked(taker);
        taker.interrupt();
        taker.join();
        queue.put("for the next");
        assertThat(queue.take().value()).isEqualTo("for the next");
    }

    @Test
    void aCancelledFutureLosesNothing() throws InterruptedException {
        MessageQueue<String> queue = queue();
        CompletableFuture<Received<String>> cancelled = queue.takeAsync();
        CompletableFuture<Received<String>> next = queue.takeAsync();
        cancelled.cancel(false);
        queue.put("for the next");
        assertThat(next.join().value()).isEqualTo("for the next");
    }

    @Test
    void manyMayBeHeldAtATime() throws InterruptedException {
        MessageQueue<String> queue = queue();
        List<Received<String>> held = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            putting.add(queue.putAsync("message " + i));
        }
        for (int i = 0; i < 300; i++) {
            held.add(queue.take());
        }
        assertThat(held).extracting(Received::value).doesNotHaveDuplicates();
        held.forEach(Received::done);
        queue.join();
    }

    @Test
    void eachMessageGoesToOneTaker() throws Exception {
        MessageQueue<Integer> queue = ferry.queue(name(), Integer.class);
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(400);
        List<Thread> takers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread taker = new Thread(() -> {
                try {
                    while (true) {
                        Received<Integer> received = queue.take();
                        assertThat(seen.add(received.value())).isTrue();
                        received.done();
                        all.countDown();
                    }
                } catch (InterruptedException | ClosedException e) {
                    // The test is over.
                }
            });
            taker.start();
            takers.add(taker);
        }
        for (int i = 0; i < 400; i++) {
            putting.add(queue.putAsync(i));
        }
        assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
        queue.close();
        for (Thread taker : takers) {
            taker.join();
        }
    }

    // ---- answers ----

    @Test
    void whatIsRequeuedComesAgain() throws InterruptedException {
        MessageQueue<String> queue = queue();
        queue.put("again");
        queue.take().requeue();
        Received<String> second = queue.take();
        assertThat(second.redelivered()).isTrue();
        second.done();
        queue.join();
    }

    @Test
    void whatIsRejectedBecomesADeadLetter() throws InterruptedException {
        String dead = name();
        MessageQueue<String> queue = ferry.queue(QueueOptions.durable(name()).deadLetters(dead), Codec.text());
        queue.put("unwanted");
        queue.take().reject();
        MessageQueue<String> deadLetters = ferry.queue(QueueOptions.existing(dead), Codec.text());
        Received<String> letter = deadLetters.take();
        assertThat(letter.value()).isEqualTo("unwanted");
        assertThat(letter.properties().headers()).containsEntry("x-first-death-reason", "rejected");
        letter.done();
        queue.join();
    }

    @Test
    void aRetryComesBackWithTheNextAttempt() throws InterruptedException {
        MessageQueue<String> queue = queue();
        queue.put("once more");
        Received<String> first = queue.take();
        assertThat(first.attempt()).isEqualTo(1);
        first.retryAfter(SHORT);
        Received<String> second = queue.take();
        assertThat(second.attempt()).isEqualTo(2);
        second.done();
        queue.join();
    }

    @Test
    void onlyTheFirstAnswerCounts() throws InterruptedException {
        MessageQueue<String> queue = queue();
        queue.put("answered twice");
        Received<String> received = queue.take();
        received.done();
        received.requeue();
        queue.join();
        assertThat(queue.poll(SHORT)).isEmpty();
    }

    @Test
    void aBodyThatIsNoValueCanBeRejected() throws InterruptedException {
        String name = name();
        ferry.queue(name, String.class).put("{ no order");
        MessageQueue<Order> orders = ferry.queue(name, Order.class);
        Received<Order> received = orders.take();
        assertThatThrownBy(received::value).isInstanceOf(CodecException.class);
        received.reject();
        orders.join();
    }

    // ---- bounds ----

    @Test
    void putWaitsWhileTheQueueIsFull() throws InterruptedException {
        MessageQueue<Integer> queue = ferry.queue(QueueOptions.durable(name()).capacity(2), Codec.of(Integer.class));
        queue.put(1);
        queue.put(2);
        CompletableFuture<Void> third = queue.putAsync(3);
        assertThat(queue.offer(4, SHORT)).isFalse();
        assertThat(third).isNotDone();
        queue.take().done();
        queue.take().done();
        third.join();
        assertThat(queue.take().value()).isEqualTo(3);
    }

    @Test
    void sizeCountsWhatWaits() throws InterruptedException {
        MessageQueue<String> queue = queue();
        for (int i = 0; i < 5; i++) {
            queue.put("message");
        }
        assertThat(queue.size()).isEqualTo(5);
        assertThat(queue.sizeAsync().join()).isEqualTo(5);
        assertThat(queue.purge()).isEqualTo(5);
        assertThat(queue.size()).isZero();
    }

    @Test
    void aQueueOfOtherPropertiesIsRefused() throws InterruptedException {
        String name = name();
        ferry.queue(name, String.class);
        assertThatThrownBy(() -> ferry.queue(QueueOptions.durable(name).capacity(5), Codec.text()))
                .isInstanceOfSatisfying(
                        RequestException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(RequestException.Reason.DIFFERENT));
        ferry.queue(name, String.class).put("the client goes on");
    }

    // ---- join ----

    @Test
    void joinWaitsUntilAllIsDone() throws InterruptedException {
        MessageQueue<String> queue = queue();
        queue.put("a");
        queue.put("b");
        assertThat(queue.join(SHORT)).isFalse();
        Received<String> first = queue.take();
        Received<String> second = queue.take();
        assertThat(queue.join(SHORT)).isFalse();
        first.done();
        CompletableFuture<Void> joined = queue.joinAsync();
        assertThat(queue.join(SHORT)).isFalse();
        assertThat(joined).isNotDone();
        second.done();
        joined.join();
    }

    @Test
    void joinSeesWhatAnotherClientHasDone() throws InterruptedException {
        String name = name();
        MessageQueue<String> queue = ferry.queue(name, String.class);
        queue.put("done elsewhere");
        try (Ferry other = open()) {
            other.queue(name, String.class).take().done();
            queue.join();
        }
    }

    // ---- the end ----

    @Test
    void closingWakesEveryone() throws InterruptedException {
        MessageQueue<Integer> queue = ferry.queue(QueueOptions.durable(name()).capacity(1), Codec.of(Integer.class));
        queue.put(1);
        queue.take();
        queue.put(2);
        queue.take();
        CompletableFuture<Received<Integer>> taking = queue.takeAsync();
        CompletableFuture<Void> joining = queue.joinAsync();
        queue.close();
        for (CompletableFuture<?> waiting : List.of(taking, joining)) {
            assertThatThrownBy(waiting::join).hasCauseInstanceOf(ClosedException.class);
        }
        assertThatThrownBy(() -> queue.put(3)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(queue::take).isInstanceOf(ClosedException.class);
    }

    @Test
    void closingTheClientWakesThoseWhoPut() throws InterruptedException {
        String name = name();
        Ferry other = open();
        MessageQueue<Integer> queue = other.queue(QueueOptions.durable(name).capacity(1), Codec.of(Integer.class));
        queue.put(1);
        CompletableFuture<Void> putting = queue.putAsync(2);
        other.close();
        assertThatThrownBy(putting::join).hasCauseInstanceOf(ClosedException.class);
        assertThat(ferry.queue(QueueOptions.existing(name), Codec.of(Integer.class))
                        .size())
                .isEqualTo(1);
    }

    @Test
    void whatWasTakenAndNotAnsweredComesAgainAfterTheClient() throws InterruptedException {
        String name = name();
        Ferry other = open();
        MessageQueue<String> elsewhere = other.queue(name, String.class);
        elsewhere.put("unanswered");
        elsewhere.take();
        other.close();
        Received<String> again = ferry.queue(name, String.class).take();
        assertThat(again.value()).isEqualTo("unanswered");
        assertThat(again.redelivered()).isTrue();
        again.done();
    }

    @Test
    void whatNobodyTakesIsLeftToOthers() throws InterruptedException {
        String name = name();
        MessageQueue<String> idle = ferry.queue(name, String.class);
        assertThat(idle.poll(SHORT)).isEmpty();
        idle.put("for somebody else");
        try (Ferry other = open()) {
            Optional<Received<String>> taken = other.queue(name, String.class).poll(LONG);
            assertThat(taken.map(Received::value)).contains("for somebody else");
            taken.ifPresent(Received::done);
        }
    }

    @Test
    void aTemporaryQueueIsOneClientsOwn() throws InterruptedException {
        MessageQueue<String> first = ferry.queue(QueueOptions.temporary(), Codec.text());
        MessageQueue<String> second = ferry.queue(QueueOptions.temporary(), Codec.text());
        assertThat(first.name()).isNotEqualTo(second.name());
        first.put("private");
        assertThat(first.take().value()).isEqualTo("private");
    }

    @Test
    void manyVirtualOrPlatformThreadsWaitAtATime() throws InterruptedException {
        MessageQueue<Integer> queue = ferry.queue(name(), Integer.class);
        Set<Integer> values = new HashSet<>();
        List<CompletableFuture<Integer>> takers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            CompletableFuture<Integer> taken = new CompletableFuture<>();
            takers.add(taken);
            Threads.executor().execute(() -> {
                try {
                    Received<Integer> received = queue.take();
                    received.done();
                    taken.complete(received.value());
                } catch (InterruptedException e) {
                    taken.completeExceptionally(e);
                }
            });
        }
        for (int i = 0; i < 200; i++) {
            putting.add(queue.putAsync(i));
        }
        takers.forEach(taken -> values.add(taken.join()));
        assertThat(values).hasSize(200);
    }
}
