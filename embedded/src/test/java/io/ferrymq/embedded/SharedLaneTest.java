package io.ferrymq.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedLaneTest {
    private static final int WAIT_SECONDS = 60;

    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private final SharedLane lane = new SharedLane("lane", broken::set);

    @BeforeEach
    void start() {
        lane.start();
    }

    @AfterEach
    void stop() {
        lane.stop();
    }

    @Test
    void runsATaskInTheCallersThreadBeforeItReturns() {
        AtomicReference<Thread> ran = new AtomicReference<>();
        lane.execute(() -> ran.set(Thread.currentThread()));
        assertThat(ran).hasValue(Thread.currentThread());
        assertThat(lane.isCurrent()).isFalse();
    }

    @Test
    void runsWhatATaskHandsOverAfterIt() {
        List<String> order = new ArrayList<>();
        lane.execute(() -> {
            lane.execute(() -> order.add("second"));
            order.add("first");
            assertThat(lane.isCurrent()).isTrue();
        });
        assertThat(order).containsExactly("first", "second");
    }

    @Test
    void runsOneAtATimeAndEachCallersTasksInTheirOrder() throws Exception {
        int callers = 4;
        int each = 20_000;
        int[] plain = new int[1]; // Counts right only if never two run at once.
        List<List<Integer>> orders = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            List<Integer> order = new ArrayList<>();
            orders.add(order);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int task = 0; task < each; task++) {
                    int number = task;
                    lane.execute(() -> {
                        plain[0]++;
                        order.add(number);
                    });
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        CompletableFuture<Integer> count = new CompletableFuture<>();
        lane.execute(() -> count.complete(plain[0]));
        assertThat(count.get(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(callers * each);
        assertThat(orders).allSatisfy(order -> assertThat(order).isSorted().hasSize(each));
        assertThat(broken).hasNullValue();
    }

    @Test
    void lendsNoCallerForMoreThanAShare() throws Exception {
        int more = 1_000;
        AtomicInteger left = new AtomicInteger(more);
        AtomicReference<Thread> last = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        lane.execute(new Runnable() {
            @Override
            public void run() {
                if (left.decrementAndGet() > 0) {
                    lane.execute(this);
                } else {
                    last.set(Thread.currentThread());
                    done.countDown();
                }
            }
        });
        assertThat(done.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(last.get()).isNotEqualTo(Thread.currentThread());
    }

    @Test
    void runsTimersInTheOrderOfTheirTimes() throws Exception {
        List<String> order = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(2);
        lane.execute(() -> {
            lane.schedule(30, () -> {
                order.add("later");
                done.countDown();
            });
            lane.schedule(1, () -> {
                order.add("sooner");
                done.countDown();
            });
        });
        assertThat(done.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(order).containsExactly("sooner", "later");
    }

    @Test
    void runsATimerThatATimerAsksFor() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        lane.execute(() -> lane.schedule(1, () -> lane.schedule(1, () -> lane.schedule(0, done::countDown))));
        assertThat(done.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void goesOnAfterATaskThatThrows() {
        AtomicInteger ran = new AtomicInteger();
        lane.execute(() -> {
            lane.execute(ran::incrementAndGet);
            throw new IllegalStateException("a fault");
        });
        assertThat(ran).hasValue(1);
        assertThat(broken.get()).hasMessage("a fault");
    }

    @Test
    void runsInTheCallersThreadAfterTheEnd() {
        lane.stop();
        AtomicInteger ran = new AtomicInteger();
        lane.execute(ran::incrementAndGet);
        assertThat(ran).hasValue(1);
    }

    @Test
    void leavesNothingBehindWhenItEndsWhileManyCall() throws Exception {
        int callers = 4;
        int each = 5_000;
        AtomicInteger ran = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int task = 0; task < each; task++) {
                    lane.execute(ran::incrementAndGet);
                }
            }));
        }
        lane.stop();
        for (Thread thread : threads) {
            thread.join();
        }
        CompletableFuture<Integer> count = new CompletableFuture<>();
        lane.execute(() -> count.complete(ran.get()));
        assertThat(count.get(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(callers * each);
    }
}
