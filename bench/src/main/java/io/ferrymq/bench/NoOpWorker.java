package io.ferrymq.bench;

import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.worker.Worker;
import io.ferrymq.tasks.worker.WorkerOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The Java worker that {@link TasksBench} measures, in a process of its own: {@code NoOpWorker URI QUEUE CONCURRENCY}. Ends
 * with its standard input.
 */
final class NoOpWorker {
    private static final long LOOK_MILLIS = 2;

    private NoOpWorker() {}

    public static void main(String[] arguments) throws Exception {
        try (Tasks tasks = Tasks.open(arguments[0])) {
            TaskOptions options = TaskOptions.builder().queue(arguments[1]).build();
            var noop = tasks.define(TaskWorker.NOOP, Void.class, options, call -> null);
            var gate = tasks.define(TaskWorker.GATE, Void.class, options, call -> {
                Path opened = Path.of(call.argument(0, String.class));
                while (!Files.exists(opened)) {
                    Thread.sleep(LOOK_MILLIS);
                }
                return null;
            });
            WorkerOptions how = WorkerOptions.defaults(tasks.host())
                    .onQueues(arguments[1])
                    .withConcurrency(Integer.parseInt(arguments[2]));
            try (Worker worker = Worker.start(tasks, how)) {
                System.out.println(worker.name() + " runs " + noop.name() + " and " + gate.name());
                while (System.in.read() >= 0) {
                    // Only the end counts.
                }
            }
        }
    }
}
