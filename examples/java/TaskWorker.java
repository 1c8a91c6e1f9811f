import io.ferrymq.tasks.Argument;
import io.ferrymq.tasks.TaskMethod;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.worker.Worker;
import io.ferrymq.tasks.worker.WorkerOptions;

/** Runs tasks that any Celery program can call. Ends when its standard input does. */
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
        try (Tasks tasks = Tasks.open(uri)) {
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
            try (Worker worker = Worker.start(tasks, options)) {
                System.out.println(worker.name() + " is ready");
                while (System.in.read() >= 0) {
                    // Waits for the end.
                }
            }
        }
    }
}
