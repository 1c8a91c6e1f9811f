package io.ferrymq.conformance;

import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.TaskOptions.Acknowledge;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.worker.Worker;
import io.ferrymq.tasks.worker.WorkerOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A program whose worker ends the process in the middle of a task, when it is told to. Ends with its input. */
final class HaltingWorker {
    private static final int HALTED = 77;

    private HaltingWorker() {}

    /** Starts it as a process. */
    static Process start(String uri, String queue) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath,
                        HaltingWorker.class.getName(),
                        uri,
                        queue)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.appendTo(new File("target/halting-worker.log")))
                .start();
    }

    /** Runs it: the URI of the broker, the queue. */
    public static void main(String[] arguments) throws IOException {
        TaskOptions late = TaskOptions.builder()
                .acknowledge(Acknowledge.LATE)
                .workerLossesMax(2)
                .build();
        try (Tasks tasks = Tasks.open(arguments[0])) {
            tasks.define("halt", String.class, late, call -> {
                Runtime.getRuntime().halt(HALTED);
                return "";
            });
            tasks.define("block", String.class, late, call -> {
                new CountDownLatch(1).await();
                return "";
            });
            tasks.define("number", Integer.class, late, call -> call.argument(0, Integer.class));
            tasks.define("list", List.class, late, call -> call.args().get(0));
            WorkerOptions options = WorkerOptions.defaults(tasks.host())
                    .onQueues(arguments[1])
                    .withConcurrency(1)
                    .withGrace(Duration.ofMillis(10));
            try (Worker worker = Worker.start(tasks, options)) {
                while (System.in.read() >= 0) {
                    // Until whoever started it ends.
                }
            }
        }
    }
}
