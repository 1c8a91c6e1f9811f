package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A broker that is killed under a caller and a worker, which find it again by themselves. */
@Timeout(300)
@DisabledIfSystemProperty(named = "amqp.uri", matches = ".+", disabledReason = "a given broker is not ours to kill")
class TasksRestartTest {
    private static final int KILLS = 3;
    private static final int CALLS_BETWEEN_KILLS = 300;
    private static final Duration LONG = Duration.ofSeconds(90);

    private final Set<Integer> ran = ConcurrentHashMap.newKeySet();
    private BrokerProcess broker;
    private Tasks caller;
    private Tasks called;
    private @Nullable Worker worker;

    @BeforeEach
    void start() {
        broker = BrokerProcess.started();
        caller = Tasks.open(broker.uri());
        called = Tasks.open(broker.uri());
    }

    @AfterEach
    void stop() {
        if (worker != null) {
            worker.close();
        }
        called.close();
        caller.close();
        broker.close();
    }

    private Task<Integer> twice(TaskOptions.Acknowledge acknowledge) {
        TaskOptions options = TaskOptions.builder().acknowledge(acknowledge).build();
        Task<Integer> defined = called.define("twice", Integer.class, options, call -> {
            int number = call.argument(0, Integer.class);
            ran.add(number);
            return 2 * number;
        });
        worker = Worker.start(called);
        return caller.task(defined.name(), Integer.class);
    }

    @Test
    void everyCallRunsAndEveryPromiseIsKept() throws Exception {
        Task<Integer> twice = twice(TaskOptions.Acknowledge.LATE);
        List<AsyncResult<Integer>> results = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            int enough = ran.size() + CALLS_BETWEEN_KILLS / 4;
            for (int i = 0; i < CALLS_BETWEEN_KILLS; i++) {
                results.add(twice.delay(results.size()));
            }
            await().atMost(LONG).until(() -> ran.size() >= enough);
            broker.kill();
            for (int i = 0; i < CALLS_BETWEEN_KILLS; i++) {
                results.add(twice.delay(results.size()));
            }
            broker.startAgain();
        }
        for (int number = 0; number < results.size(); number++) {
            assertThat(results.get(number).get(LONG)).isEqualTo(2 * number);
        }
        assertThat(ran).hasSize(results.size());
    }

    @Test
    void aWorkerThatIsIdleGoesOn() throws Exception {
        Task<Integer> twice = twice(TaskOptions.Acknowledge.EARLY);
        assertThat(twice.delay(1).get(LONG)).isEqualTo(2);
        broker.kill();
        broker.startAgain();
        assertThat(twice.delay(2).get(LONG)).isEqualTo(4);
    }

    @Test
    void aCallThatIsMadeWhileTheBrokerIsGoneRunsLater() throws Exception {
        Task<Integer> twice = twice(TaskOptions.Acknowledge.EARLY);
        assertThat(twice.delay(1).get(LONG)).isEqualTo(2);
        broker.kill();
        AsyncResult<Integer> result = twice.delay(2);
        assertThat(result.future()).isNotDone();
        broker.startAgain();
        assertThat(result.get(LONG)).isEqualTo(4);
    }
}
