package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.RpcClient;
import com.rabbitmq.client.RpcClientParams;
import com.rabbitmq.client.RpcServer;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RabbitMQ's Java client with RabbitMQ's extensions: dead letters, expiry, priority, RPC, cancel notification. */
class RabbitJavaFeaturesTest {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws IOException, TimeoutException {
        connection = BROKER.connectionFactory().newConnection();
        channel = connection.createChannel();
    }

    @AfterEach
    void disconnect() throws IOException {
        connection.close();
    }

    private String exclusiveQueue(Map<String, Object> arguments) throws IOException {
        return channel.queueDeclare("", false, true, true, arguments).getQueue();
    }

    private String deadLettersOf(String exchange) throws IOException {
        channel.exchangeDeclare(exchange, "fanout", false, true, Map.of());
        String dead = exclusiveQueue(Map.of());
        channel.queueBind(dead, exchange, "");
        return dead;
    }

    private GetResponse awaitMessage(String queue) {
        return await().atMost(PATIENCE).until(() -> channel.basicGet(queue, true), message -> message != null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static Map<?, ?> firstDeath(GetResponse message) {
        Object deaths = message.getProps().getHeaders().get("x-death");
        assertThat(deaths).isInstanceOf(List.class);
        return (Map<?, ?>) ((List<?>) Objects.requireNonNull(deaths)).getFirst();
    }

    @Test
    void sendsARejectedMessageToTheDeadLetterExchangeWithItsHistory() throws IOException {
        String dead = deadLettersOf("java-rejected");
        String queue = exclusiveQueue(Map.of("x-dead-letter-exchange", "java-rejected"));
        channel.basicPublish("", queue, null, bytes("unwanted"));

        channel.basicReject(channel.basicGet(queue, false).getEnvelope().getDeliveryTag(), false);

        GetResponse letter = awaitMessage(dead);
        assertThat(text(letter.getBody())).isEqualTo("unwanted");
        Map<?, ?> death = firstDeath(letter);
        assertThat(death.get("reason")).hasToString("rejected");
        assertThat(death.get("queue")).hasToString(queue);
        assertThat(death.get("exchange")).hasToString("");
        assertThat(death.get("count")).isEqualTo(1L);
        assertThat(death.get("routing-keys"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(1);
    }

    @Test
    void expiresAMessageByTheTimeToLiveOfItsQueue() throws IOException {
        String dead = deadLettersOf("java-queue-ttl");
        String queue = exclusiveQueue(Map.of("x-dead-letter-exchange", "java-queue-ttl", "x-message-ttl", 50));

        channel.basicPublish("", queue, null, bytes("late"));

        assertThat(firstDeath(awaitMessage(dead)).get("reason")).hasToString("expired");
        assertThat(channel.messageCount(queue)).isZero();
    }

    @Test
    void expiresAMessageByItsOwnExpiration() throws IOException {
        String dead = deadLettersOf("java-message-ttl");
        String queue = exclusiveQueue(Map.of("x-dead-letter-exchange", "java-message-ttl"));

        channel.basicPublish(
                "", queue, new BasicProperties.Builder().expiration("50").build(), bytes("late"));

        GetResponse letter = awaitMessage(dead);
        assertThat(firstDeath(letter).get("original-expiration")).hasToString("50");
        assertThat(letter.getProps().getExpiration()).isNull();
    }

    @Test
    void dropsTheOldestMessageOfAFullQueue() throws IOException {
        String queue = exclusiveQueue(Map.of("x-max-length", 2));

        for (String body : List.of("first", "second", "third")) {
            channel.basicPublish("", queue, null, bytes(body));
        }

        await().atMost(PATIENCE).until(() -> channel.messageCount(queue) == 2);
        assertThat(text(channel.basicGet(queue, true).getBody())).isEqualTo("second");
    }

    @Test
    void refusesAMessageForAFullQueueThatRejects() throws IOException, InterruptedException {
        String queue = exclusiveQueue(Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
        channel.confirmSelect();
        channel.basicPublish("", queue, null, bytes("fits"));
        assertThat(channel.waitForConfirms()).isTrue();

        channel.basicPublish("", queue, null, bytes("does not"));

        assertThat(channel.waitForConfirms()).isFalse();
    }

    @Test
    void deliversHigherPrioritiesFirst() throws IOException {
        String queue = exclusiveQueue(Map.of("x-max-priority", 5));
        for (int priority : new int[] {1, 5, 3}) {
            channel.basicPublish(
                    "", queue, new BasicProperties.Builder().priority(priority).build(), bytes("priority " + priority));
        }

        await().atMost(PATIENCE).until(() -> channel.messageCount(queue) == 3);

        assertThat(text(channel.basicGet(queue, true).getBody())).isEqualTo("priority 5");
        assertThat(text(channel.basicGet(queue, true).getBody())).isEqualTo("priority 3");
        assertThat(text(channel.basicGet(queue, true).getBody())).isEqualTo("priority 1");
    }

    @Test
    void answersACallThroughAReplyQueue() throws IOException, TimeoutException, InterruptedException {
        answersACall(new RpcClientParams().replyTo(exclusiveQueue(Map.of())));
    }

    @Test
    void answersACallThroughDirectReplyTo() throws IOException, TimeoutException, InterruptedException {
        answersACall(new RpcClientParams());
    }

    private void answersACall(RpcClientParams parameters) throws IOException, TimeoutException, InterruptedException {
        String calls = exclusiveQueue(Map.of());
        Channel serving = connection.createChannel();
        RpcServer server = new RpcServer(serving, calls) {
            @Override
            public byte[] handleCall(byte[] request, BasicProperties replyProperties) {
                return bytes(text(request) + " to you");
            }
        };
        Thread loop = Thread.ofVirtual().start(() -> serve(server));

        RpcClient client = new RpcClient(
                parameters.channel(channel).exchange("").routingKey(calls).timeout(20_000));

        assertThat(client.stringCall("hello")).isEqualTo("hello to you");
        assertThat(client.stringCall("good day")).isEqualTo("good day to you");
        client.close();
        serving.close();
        assertThat(loop.join(PATIENCE)).isTrue();
    }

    private static void serve(RpcServer server) {
        try {
            server.mainloop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ShutdownSignalException e) {
            // The test has closed the server's channel.
        }
    }

    @Test
    void tellsAConsumerThatItsQueueIsGone() throws IOException, InterruptedException {
        String queue = exclusiveQueue(Map.of());
        BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
        String consumer = channel.basicConsume(queue, true, (tag, delivery) -> {}, cancelled::add);

        channel.queueDelete(queue);

        assertThat(cancelled.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(consumer);
    }

    @Test
    void routesByTopicHeadersAndFromExchangeToExchange() throws IOException {
        channel.exchangeDeclare("java-topic", "topic", false, true, Map.of());
        channel.exchangeDeclare("java-headers", "headers", false, true, Map.of());
        String topics = exclusiveQueue(Map.of());
        String headers = exclusiveQueue(Map.of());
        channel.queueBind(topics, "java-topic", "stock.*.#");
        channel.queueBind(headers, "java-headers", "", Map.of("x-match", "all", "kind", "news"));
        channel.exchangeBind("java-headers", "java-topic", "#.forwarded");

        BasicProperties news =
                new BasicProperties.Builder().headers(Map.of("kind", "news")).build();
        channel.basicPublish("java-topic", "stock.nyse", null, bytes("topic only"));
        channel.basicPublish("java-topic", "weather.forwarded", news, bytes("headers only"));
        channel.basicPublish("java-topic", "stock.nyse.forwarded", news, bytes("both"));

        assertThat(List.of(
                        text(awaitMessage(topics).getBody()),
                        text(awaitMessage(topics).getBody())))
                .containsExactly("topic only", "both");
        assertThat(List.of(
                        text(awaitMessage(headers).getBody()),
                        text(awaitMessage(headers).getBody())))
                .containsExactly("headers only", "both");
    }
}
