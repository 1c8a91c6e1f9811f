import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.RetryRules.Jitter;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.testkit.RanCall;
import io.ferrymq.tasks.testkit.TaskTestKit;
import java.io.IOException;
import java.time.Duration;

/** What a test of an application does with the kit: a worker and a clock that it turns, without a broker and waiting. */
public class TestKit {
    public static void main(String[] arguments) throws Exception {
        try (TaskTestKit kit = TaskTestKit.create()) {
            TaskOptions options = TaskOptions.builder()
                    .retryFor(IOException.class)
                    .retryDelay(Duration.ofMinutes(1), Duration.ofHours(1))
                    .retryJitter(Jitter.NONE)
                    .build();
            Task<String> remind = kit.tasks().define("remind", String.class, options, call -> {
                if (call.retries() == 0) {
                    throw new IOException("no line");
                }
                return "reminded " + call.args().get(0);
            });

            AsyncResult<String> result =
                    remind.call("Ada").countdown(Duration.ofHours(8)).send();
            System.out.println("due now: " + kit.worker().runAll());
            kit.clock().advance(Duration.ofHours(8));
            System.out.println("due after 8 hours: " + kit.worker().runAll());

            RanCall retried = kit.worker().retried().get(0);
            System.out.println("tried again after " + retried.delay() + ": " + retried.cause().getMessage());
            kit.clock().advance(retried.delay());
            kit.worker().runAll();
            System.out.println(result.get(Duration.ZERO));
        }
    }
}
