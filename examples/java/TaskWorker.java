import io.ferrymq.tasks.Argument;
import io.ferrymq.tasks.TaskMethod;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.worker.Worker;
import io.ferrymq.tasks.worker.WorkerOptions;
import java.io.IOException;

/**
 * Runs tasks that any Celery program can call. Stops warmly when its standard input ends, when it is told to by remote
 * control, or on SIGTERM: what runs may end, for 30 seconds; then it is interrupted.
 */
public class TaskWorker {
    /** A task may be a method, and be called with arguments by name. */
    static class Greeter {
        @TaskMethod(name = "java.greet")
        String greet(
                @Argument(name = "name") String name,
                @Argument(name = "greeting", defaultsTo = "hello") String greeting,
                @Argument(name = "times", defaultsTo = "1") int times) {
            return (greeting + " ").repeat(times) + name;
        }
    }

    public static void main(String[] arguments) throws Exception {
        String uri = System.getenv().getOrDefault("AMQP_URL", "amqp://guest:guest@localhost/");
        String queue = arguments.length > 0 ? arguments[0] : "java";
        Tasks tasks = Tasks.open(uri);
        tasks.define("java.add", Integer.class, Integer.class, Integer.class, Integer::sum);
        tasks.define("java.echo", Object.class, TaskOptions.DEFAULTS, call -> call.args().get(0));
        tasks.define("java.fail", Object.class, TaskOptions.DEFAULTS, call -> {
            throw new IllegalStateException("as asked");
        });
        tasks.define("java.nap", Double.class, Double.class, seconds -> {
            try {
                Thread.sleep((long) (seconds * 1_000));
                return seconds;
            } catch (InterruptedException e) {
                throw new IllegalStateException("woken early", e);
            }
        });
        tasks.register(new Greeter());
        WorkerOptions options = WorkerOptions.defaults(tasks.host()).named(queue + "@worker").onQueues(queue);
        Worker worker = Worker.start(tasks, options);
        // SIGTERM and the end of main come here, too.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            worker.close();
            tasks.close();
        }));
        worker.whenClosed().thenRun(() -> new Thread(() -> System.exit(0)).start());
        System.out.println(worker.name() + " is ready");
        awaitEndOfInput();
        worker.close();
    }

    private static void awaitEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            // Waits for the end.
        }
    }
}
