import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.schedule.MissedRuns;
import io.ferrymq.tasks.schedule.Schedule;
import io.ferrymq.tasks.schedule.Scheduler;
import io.ferrymq.tasks.schedule.SchedulerOptions;
import io.ferrymq.tasks.schedule.Schedules;
import java.time.Duration;

/**
 * Calls a task of a Celery worker again and again. Start it as often as you like: one of them fires, and another takes its
 * place when that one dies. Ends when its standard input does.
 */
public class TaskScheduler {
    public static void main(String[] arguments) throws Exception {
        String uri = System.getenv().getOrDefault("AMQP_URL", "amqp://guest:guest@localhost/");
        String task = arguments.length > 0 ? arguments[0] : "tasks.add";
        String queue = arguments.length > 1 ? arguments[1] : "celery";
        long millis = arguments.length > 2 ? Long.parseLong(arguments[2]) : 10_000;
        SchedulerOptions options = SchedulerOptions.defaults().onQueue("ferry.schedules." + queue);
        try (Tasks tasks = Tasks.open(uri);
                Scheduler scheduler = Scheduler.start(tasks, options)) {
            Schedules.of(tasks, options)
                    .put(
                            "example",
                            Schedule.every(Duration.ofMillis(millis)),
                            tasks.task(task, Object.class).call(4, 4).queue(queue),
                            MissedRuns.all(1_000))
                    .join();
            System.out.println("scheduling " + task);
            while (System.in.read() >= 0) {
                // Waits for the end.
            }
        }
    }
}
