import io.ferrymq.tasks.Argument;
import io.ferrymq.tasks.Call;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskFailedException;
import io.ferrymq.tasks.TaskMethod;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.worker.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Tasks that are methods: tried again when they fail, called by place and by name, with wrong arguments told. */
public class AnnotatedTasks {
    record Receipt(String customer, int items) {}

    /** Compiled with {@code -parameters} the names would be the parameters' own. */
    static class Shop {
        @TaskMethod(name = "shop.order", retryFor = IOException.class, retriesMax = 5, retryDelaySeconds = 0.1)
        Receipt order(
                @Argument(name = "customer") String customer,
                @Argument(name = "items") List<String> items,
                @Argument(name = "copies", defaultsTo = "1") int copies,
                Call call)
                throws IOException {
            if (call.retries() < 2) {
                throw new IOException("the printer is busy");
            }
            System.out.println(" [x] Done after " + call.retries() + " retries");
            return new Receipt(customer, items.size() * copies);
        }
    }

    public static void main(String[] arguments) throws Exception {
        String uri = arguments.length > 0 ? arguments[0] : "memory:";
        Duration patience = Duration.ofSeconds(30);
        try (Tasks tasks = Tasks.open(uri)) {
            tasks.register(new Shop());
            Task<Receipt> order = tasks.task("shop.order", Receipt.class);
            try (Worker worker = Worker.start(tasks)) {
                System.out.println(order.delay("Ada", List.of("pen", "ink")).get(patience));
                Map<String, Object> named = Map.of("items", List.of("pad"), "copies", 3);
                System.out.println(order.call(List.of("Bob"), named).send().get(patience));
                order.delay("Eve").get(patience);
            } catch (TaskFailedException e) {
                System.out.println(" [!] " + e.problem().message());
            }
        }
    }
}
