import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.Tasks;
import java.time.Duration;

/** Calls the task {@code tasks.add} of a Celery worker, by itself and in a chain. */
public class TaskCaller {
    public static void main(String[] arguments) throws Exception {
        String uri = System.getenv().getOrDefault("AMQP_URL", "amqp://guest:guest@localhost/");
        String name = arguments.length > 0 ? arguments[0] : "tasks.add";
        String queue = arguments.length > 1 ? arguments[1] : "celery";
        try (Tasks tasks = Tasks.open(uri)) {
            Task<Integer> add = tasks.task(name, Integer.class);
            Duration patience = Duration.ofSeconds(30);
            System.out.println("4 + 4 = " + add.call(4, 4).queue(queue).send().get(patience));
            System.out.println("1 + 2 + 10 = "
                    + add.call(1, 2).queue(queue).then(add.call(10).queue(queue)).send().get(patience));
        }
    }
}
