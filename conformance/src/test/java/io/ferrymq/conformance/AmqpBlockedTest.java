package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueue;
import io.ferrymq.client.Received;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A broker that runs out of memory, tells those who publish, and has some again. */
@Timeout(300)
@DisabledIfSystemProperty(
        named = "amqp.uri",
        matches = ".+",
        disabledReason = "a given broker is not ours to configure")
class AmqpBlockedTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String BALLAST = "ballast";
    private static final int PUTS = 200;
    private static final int ABORT_MILLIS_MAX = 1_000;

    /** Transient messages stay in memory, so a few of them are enough and their end is relief. */
    private final BrokerProcess broker = BrokerProcess.started(
            "memory.budget-bytes=16MiB", "log.tail-cache-bytes=1MiB", "log.transient-cache-bytes=64MiB");

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void putsWaitAndGoOnInTheirOrder() throws IOException, TimeoutException, InterruptedException {
        Connection heavy = RunningBroker.connectionFactory(broker.uri()).newConnection();
        try (Ferry ferry = Ferry.open(broker.uri());
                Connection relief =
                        RunningBroker.connectionFactory(broker.uri()).newConnection()) {
            MessageQueue<Integer> queue = ferry.queue("numbers", Integer.class);
            queue.put(0);
            fillMemory(heavy);

            List<CompletableFuture<Void>> puts = new ArrayList<>();
            for (int number = 1; number <= PUTS; number++) {
                puts.add(queue.putAsync(number));
            }
            // The broker stops reading from who publishes, so a message may be in before. The other connection is
            // served.
            for (int i = 0; i < 20; i++) {
                assertThat(queue.size()).isLessThan(PUTS);
            }
            assertThat(puts.get(PUTS - 1)).isNotDone();

            relief.createChannel().queuePurge(BALLAST);
            await().atMost(LONG).until(() -> puts.stream().allMatch(CompletableFuture::isDone));
            puts.forEach(CompletableFuture::join);
            for (int number = 0; number <= PUTS; number++) {
                Received<Integer> received = queue.poll(LONG).orElseThrow();
                assertThat(received.value()).isEqualTo(number);
                received.done();
            }
            assertThat(queue.size()).isZero();
        } finally {
            // The broker need not read what a blocked connection sends, its goodbye included.
            heavy.abort(ABORT_MILLIS_MAX);
        }
    }

    private static void fillMemory(Connection heavy) throws IOException {
        AtomicBoolean blocked = new AtomicBoolean();
        heavy.addBlockedListener(reason -> blocked.set(true), () -> blocked.set(false));
        Channel channel = heavy.createChannel();
        channel.queueDeclare(BALLAST, false, false, false, Map.of());
        await().atMost(LONG).until(() -> {
            channel.basicPublish("", BALLAST, null, new byte[256 << 10]);
            return blocked.get();
        });
    }
}
