package io.ferrymq.tasks.testkit;

import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.worker.Worker;
import io.ferrymq.tasks.worker.WorkerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Starts a worker for each queue in which a call waits that nobody takes. */
final class WorkersOnDemand implements AutoCloseable {
    private static final String TASK = "task";

    private final LocalBroker broker;
    private final Tasks tasks;
    private final int concurrency;
    private final Predicate<String> wanted;
    private final List<Worker> workers = new ArrayList<>();

    /** @param wanted the names of the tasks whose calls are taken */
    WorkersOnDemand(LocalBroker broker, Tasks tasks, int concurrency, Predicate<String> wanted) {
        this.broker = broker;
        this.tasks = tasks;
        this.concurrency = concurrency;
        this.wanted = wanted;
    }

    /** Not on the lane. */
    void start() {
        List<String> waiting = broker.ask(this::queuesWithoutWorkers).join();
        for (String queue : waiting) {
            WorkerOptions options = WorkerOptions.defaults("test")
                    .named(queue + "@test")
                    .onQueues(queue)
                    .withConcurrency(concurrency)
                    .withGrace(Duration.ZERO);
            workers.add(Worker.start(tasks, options));
        }
    }

    private List<String> queuesWithoutWorkers() {
        return broker.queues().stream()
                .filter(queue -> queue.consumers().isEmpty())
                .filter(queue -> queue.entries().stream().anyMatch(this::isWanted))
                .map(LocalQueue::name)
                .toList();
    }

    private boolean isWanted(LocalQueue.Entry entry) {
        return isCall(entry)
                && wanted.test(String.valueOf(entry.properties.headers().get(TASK)));
    }

    static boolean isCall(LocalQueue.Entry entry) {
        return entry.properties.headers().get(TASK) instanceof String;
    }

    @Override
    public void close() {
        workers.forEach(Worker::close);
    }
}
