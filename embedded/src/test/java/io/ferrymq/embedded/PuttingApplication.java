package io.ferrymq.embedded;

import io.ferrymq.client.Codec;
import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueue;
import io.ferrymq.client.QueueOptions;
import java.util.concurrent.Semaphore;

/**
 * An application with a broker of its own, to be killed: puts numbered letters into a queue without end, and prints the
 * number of each that was confirmed.
 */
final class PuttingApplication {
    static final String QUEUE = "letters";

    /** Begins the line of a confirm; whatever else is printed does not begin so. */
    static final String CONFIRMED = "confirmed ";

    private static final int UNCONFIRMED_MAX = 200;

    private PuttingApplication() {}

    /** What letter so and so says. */
    static String letter(int number) {
        return number + ":" + "x".repeat(number % 300);
    }

    /** {@code args}: the URI of the broker, and the first number. */
    public static void main(String[] args) throws InterruptedException {
        // It is not closed: the process ends by being killed.
        Ferry ferry = Ferry.open(args[0]);
        MessageQueue<String> queue = ferry.queue(QueueOptions.durable(QUEUE), Codec.text());
        Semaphore window = new Semaphore(UNCONFIRMED_MAX);
        for (int number = Integer.parseInt(args[1]); ; number++) {
            window.acquire();
            String told = CONFIRMED + number;
            var _ = queue.putAsync(letter(number)).thenRun(() -> {
                System.out.println(told);
                window.release();
            });
        }
    }
}
