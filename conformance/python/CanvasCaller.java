import io.ferrymq.tasks.Step;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskCall;
import io.ferrymq.tasks.TaskFailedException;
import io.ferrymq.tasks.Tasks;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Calls of test_java_canvas.py, put together in Java: prints the result of each one that standard input asks for, a line each. */
public class CanvasCaller {
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    private final Tasks tasks;
    private final String javaQueue;
    private final String pythonQueue;

    CanvasCaller(Tasks tasks, String javaQueue, String pythonQueue) {
        this.tasks = tasks;
        this.javaQueue = javaQueue;
        this.pythonQueue = pythonQueue;
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Tasks tasks = Tasks.open(System.getenv("AMQP_URL"))) {
            CanvasCaller caller = new CanvasCaller(tasks, arguments[0], arguments[1]);
            for (String name = asked.readLine(); name != null; name = asked.readLine()) {
                System.out.println(caller.told(name));
            }
        }
    }

    private TaskCall<Integer> java(Object... args) {
        return tasks.task("java.add", Integer.class).call(args).queue(javaQueue);
    }

    private TaskCall<Integer> python(Object... args) {
        return tasks.task("celery_tasks.add", Integer.class).call(args).queue(pythonQueue);
    }

    private TaskCall<Object> echo() {
        return tasks.task("celery_tasks.echo", Object.class).call().queue(pythonQueue);
    }

    private TaskCall<Object> javaEcho() {
        return tasks.task("java.echo", Object.class).call().queue(javaQueue);
    }

    private TaskCall<Integer> fail() {
        return tasks.task("celery_tasks.fail", Integer.class).call().queue(pythonQueue);
    }

    private String told(String name) throws Exception {
        try {
            return String.valueOf(step(name).send().get(PATIENCE));
        } catch (TaskFailedException e) {
            return "failed: " + e.problem().message();
        } catch (TimeoutException e) {
            return "no result after " + PATIENCE;
        }
    }

    private Step<?> step(String name) {
        return switch (name) {
            case "python-header-and-body" -> tasks.chord(sums(20), echo());
            case "mixed-header-java-body" -> tasks.chord(List.of(java(1, 1), python(2, 2), java(3, 3)), javaEcho());
            case "chains-across-both" -> tasks.chord(
                    List.of(python(1, 1).then(java(10)), java(2, 2).then(python(20)), python(3, 3).then(python(30))), echo());
            case "after-a-python-step" -> python(1, 2)
                    .then(tasks.group(List.of(python(10), java(20))))
                    .then(echo())
                    .then(javaEcho());
            case "twice-in-a-chain" -> tasks.group(List.of(python(1, 2), java(3, 4)))
                    .then(tasks.task("celery_tasks.total", Integer.class).call().queue(pythonQueue))
                    .then(tasks.group(List.of(python(100), java(200))))
                    .then(echo());
            case "in-a-chord" -> tasks.chord(
                    List.of(tasks.chord(sums(3), echo()), tasks.chord(List.of(java(1, 1), python(2, 2)), javaEcho())), echo());
            case "failing-in-python" -> tasks.chord(List.of(python(1, 1), fail().taskId("bad-" + javaQueue)), echo());
            case "failing-in-a-chain" -> tasks.chord(List.of(python(1, 1), fail().then(python(1))), echo());
            case "expired-in-java" -> tasks.chord(List.of(python(1, 1), java(1, 1).expires(Duration.ZERO)), echo());
            case "mapped-in-python" -> tasks.task("celery_tasks.echo", Object.class).map(List.of(1, "two", List.of(3)))
                    .queue(pythonQueue);
            case "starmapped-in-python" -> tasks.task("celery_tasks.add", Integer.class)
                    .starmap(List.of(List.of(1, 2), List.of(3, 4)))
                    .queue(pythonQueue);
            case "partial-and-immutable" -> python(1, 2).then(python(10)).then(python(4, 5).immutable()).then(java(100));
            case "many" -> tasks.chord(sums(500), tasks.task("celery_tasks.total", Integer.class).call().queue(pythonQueue));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private List<Step<Integer>> sums(int count) {
        List<Step<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(python(i, i));
        }
        return calls;
    }
}
