import io.ferrymq.client.Codec;
import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueue;
import io.ferrymq.client.QueueOptions;
import io.ferrymq.client.Received;
import io.ferrymq.client.RetryPolicy;
import io.ferrymq.client.SubscribeOptions;
import io.ferrymq.client.Subscription;
import java.time.Duration;

/** A queue of jobs, a handler that fails now and then, and dead letters; in the process, or at the URI that is given. */
public class Jobs {
    record Job(int number, String text) {}

    public static void main(String[] arguments) throws Exception {
        String uri = arguments.length > 0 ? arguments[0] : "memory:";
        try (Ferry ferry = Ferry.open(uri)) {
            QueueOptions options = QueueOptions.durable("jobs").capacity(100).deadLetters("jobs.dead");
            MessageQueue<Job> jobs = ferry.queue(options, Codec.of(Job.class));
            RetryPolicy retry = RetryPolicy.attempts(3).backOff(Duration.ofMillis(10), Duration.ofSeconds(1));

            try (Subscription handlers = jobs.subscribe(SubscribeOptions.concurrency(4).retry(retry), Jobs::handle)) {
                for (int number = 1; number <= 5; number++) {
                    jobs.put(new Job(number, "job " + number)); // Returns when the broker has it.
                }
                jobs.join(); // Returns when all are done, or given up.
            }
            MessageQueue<Job> dead = ferry.queue(QueueOptions.existing("jobs.dead"), Codec.of(Job.class));
            Received<Job> letter = dead.take();
            System.out.println(" [x] Given up: " + letter.value().text());
            letter.done();
        }
    }

    private static void handle(Received<Job> message) {
        Job job = message.value();
        if (job.number() == 3) {
            throw new IllegalStateException("this one never works");
        }
        System.out.println(" [x] Done: " + job.text());
    }
}
