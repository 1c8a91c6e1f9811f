import io.ferrymq.client.Async;
import io.ferrymq.client.Codec;
import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueue;
import io.ferrymq.client.SubscribeOptions;
import io.ferrymq.client.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Requests and replies as futures; in the process, or at the URI that is given. */
public class Ask {
    public static void main(String[] arguments) throws Exception {
        String uri = arguments.length > 0 ? arguments[0] : "memory:";
        try (Ferry ferry = Ferry.open(uri)) {
            MessageQueue<Integer> squares = ferry.queue("squares", Integer.class);
            Codec<Integer> replies = Codec.of(Integer.class);
            try (Subscription server = squares.respond(SubscribeOptions.concurrency(2), replies, n -> n * n)) {
                List<CompletableFuture<Integer>> asked = IntStream.rangeClosed(1, 5)
                        .mapToObj(n -> squares.request(n, replies, Duration.ofSeconds(10)))
                        .toList();
                System.out.println(" [.] " + Async.all(asked).join());
            }
        }
    }
}
