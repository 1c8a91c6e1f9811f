package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * RabbitMQ's Java client with a broker whose disk is nearly full, because {@code -Dblocked.setting} asks for more free
 * space than there is.
 */
@DisabledIfSystemProperty(
        named = "amqp.uri",
        matches = ".+",
        disabledReason = "a given broker is not ours to configure")
class RabbitJavaBlockedTest {
    private static final String SETTING = System.getProperty("blocked.setting", "disk.free-min-bytes=1024TiB");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ABORT_MILLIS_MAX = 1_000;

    private final BrokerProcess broker = BrokerProcess.started(SETTING);

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void blocksTheConnectionThatPublishesAndServesTheOther() throws IOException, TimeoutException {
        BlockingQueue<String> reasons = new LinkedBlockingQueue<>();
        Connection publishing = RunningBroker.connectionFactory(broker.uri()).newConnection();
        try (Connection other = RunningBroker.connectionFactory(broker.uri()).newConnection()) {
            publishing.addBlockedListener(reasons::add, () -> reasons.add("unblocked"));
            Channel channel = publishing.createChannel();
            channel.queueDeclare("blocked-queue", false, false, false, Map.of());

            // A broker looks at its disk now and then, and blocks who publishes after that.
            await().atMost(PATIENCE).until(() -> {
                channel.basicPublish("", "blocked-queue", null, new byte[1]);
                return !reasons.isEmpty();
            });

            assertThat(reasons).first(as(STRING)).contains("low on disk");
            assertThat(other.createChannel().messageCount("blocked-queue")).isNotNegative();
        } finally {
            // The broker need not read what a blocked connection sends, its goodbye included.
            publishing.abort(ABORT_MILLIS_MAX);
        }
    }
}
