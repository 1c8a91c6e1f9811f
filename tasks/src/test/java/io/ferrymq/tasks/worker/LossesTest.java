package io.ferrymq.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.TaskOptions.Acknowledge;
import io.ferrymq.tasks.Tasks;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that lose their workers: here a worker is lost when its connection ends while it runs something. */
@Timeout(120)
final class LossesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String uri = "memory:" + UUID.randomUUID();
    private final Tasks tasks = Tasks.open(uri);

    @AfterEach
    void close() {
        tasks.close();
    }

    /** A program whose worker runs a task that blocks until it is interrupted. */
    private final class Program {
        private final Tasks own = Tasks.open(uri);
        private final Semaphore begun = new Semaphore(0);
        private final Worker worker;

        Program(int lossesMax) {
            TaskOptions late = TaskOptions.builder()
                    .acknowledge(Acknowledge.LATE)
                    .workerLossesMax(lossesMax)
                    .build();
            own.define("block", String.class, late, call -> {
                begun.release();
                new CountDownLatch(1).await();
                return "";
            });
            own.define("ready", String.class, late, call -> "ready");
            worker = Worker.start(
                    own, WorkerOptions.defaults(own.host()).withConcurrency(1).withGrace(Duration.ofMillis(10)));
        }

        void awaitBegun() throws InterruptedException {
            assertThat(begun.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        /** The connection ends; what runs is never told of. */
        void loseConnection() {
            own.close();
            worker.close();
        }

        void stop() {
            worker.close();
            own.close();
        }
    }

    @Test
    void aCallThatLosesItsWorkerTooOftenIsParked() throws InterruptedException, TimeoutException {
        AsyncResult<String> result = tasks.task("block", String.class)
                .call("argument")
                .taskId("poison")
                .send();
        for (int i = 0; i < 3; i++) {
            Program program = new Program(2);
            program.awaitBegun();
            program.loseConnection();
        }
        Program last = new Program(2);
        assertThatThrownBy(() -> result.get(PATIENCE))
                .hasMessageContaining("WorkerLostError")
                .hasMessageContaining("lost 3 times");
        BlockingQueue<Delivery> parked = new LinkedBlockingQueue<>();
        tasks.transport()
                .consume(ConsumeSpec.shared("celery" + Losses.PARKED, 0), parked::add)
                .join();
        Delivery message = parked.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        assertThat(message.properties().headers())
                .containsEntry("id", "poison")
                .containsEntry(Losses.REASON_HEADER, "its worker was lost 3 times")
                .containsKey(Losses.TIME_HEADER);
        assertThat(message.properties().headers().get(Losses.COUNT_HEADER)).hasToString("3");
        // The worker goes on.
        assertThat(tasks.task("ready", String.class).delay().get(PATIENCE)).isEqualTo("ready");
        assertThat(last.begun.availablePermits()).isZero();
        last.stop();
    }

    @Test
    void aWorkerThatStopsInOrderDoesNotCount() throws InterruptedException {
        AsyncResult<String> result = tasks.task("block", String.class).delay();
        for (int i = 0; i < 4; i++) {
            Program program = new Program(1);
            program.awaitBegun();
            program.stop();
        }
        assertThat(result.ready()).isFalse();
    }

    @Test
    void callsThatOnlyWaitedBesideOneAreRun() throws InterruptedException, TimeoutException {
        AsyncResult<String> bad = tasks.task("block", String.class).delay();
        AsyncResult<String> beside = tasks.task("ready", String.class).delay();
        AsyncResult<String> another = tasks.task("ready", String.class).delay();
        for (int i = 0; i < 2; i++) {
            Program program = new Program(1);
            program.awaitBegun();
            program.loseConnection();
        }
        Program last = new Program(1);
        assertThat(beside.get(PATIENCE)).isEqualTo("ready");
        assertThat(another.get(PATIENCE)).isEqualTo("ready");
        assertThatThrownBy(() -> bad.get(PATIENCE)).hasMessageContaining("lost 2 times");
        await().atMost(PATIENCE).until(() -> isGone("ferry.begun." + bad.id()) && isGone("ferry.begun." + beside.id()));
        last.stop();
    }

    private boolean isGone(String queue) {
        return tasks.transport()
                .inspect(queue)
                .handle((state, problem) -> problem != null)
                .join();
    }

    @Test
    void aTaskOptionMustBePossible() {
        assertThatThrownBy(() -> TaskOptions.builder().workerLossesMax(0).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> TaskOptions.builder().storeResult(Duration.ZERO).build())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
