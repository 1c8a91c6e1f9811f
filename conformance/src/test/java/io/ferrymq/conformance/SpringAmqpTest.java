package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.AnonymousQueue;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.adapter.MessageListenerAdapter;

/** Spring AMQP: declarations, template, listener containers, confirms and returns. */
class SpringAmqpTest {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private CachingConnectionFactory connections;
    private RabbitAdmin admin;
    private RabbitTemplate template;

    @BeforeEach
    void connect() {
        connections = new CachingConnectionFactory(BROKER.connectionFactory());
        connections.setPublisherConfirmType(CachingConnectionFactory.ConfirmType.CORRELATED);
        connections.setPublisherReturns(true);
        admin = new RabbitAdmin(connections);
        template = new RabbitTemplate(connections);
        template.setReceiveTimeout(PATIENCE.toMillis());
        template.setReplyTimeout(PATIENCE.toMillis());
    }

    @AfterEach
    void disconnect() {
        template.destroy();
        connections.destroy();
    }

    private String declaredQueue() {
        return Objects.requireNonNull(admin.declareQueue(new AnonymousQueue()));
    }

    @Test
    void sendsAndReceivesThroughTheTemplate() {
        String queue = declaredQueue();

        template.convertAndSend(queue, "hello");

        assertThat(template.receiveAndConvert(queue)).isEqualTo("hello");
    }

    @Test
    void declaresDescribesPurgesAndDeletesQueues() {
        Queue queue = QueueBuilder.durable("spring-declared")
                .withArgument("x-message-ttl", 60_000)
                .build();
        admin.declareQueue(queue);
        template.invoke(operations -> {
            operations.convertAndSend(queue.getName(), "one");
            operations.convertAndSend(queue.getName(), "two");
            return operations.waitForConfirms(PATIENCE.toMillis());
        });

        assertThat(admin.getQueueInfo(queue.getName()))
                .extracting(QueueInformation::getMessageCount)
                .isEqualTo(2L);
        assertThat(admin.purgeQueue(queue.getName())).isEqualTo(2);
        assertThat(admin.deleteQueue(queue.getName())).isTrue();
        assertThat(admin.getQueueInfo(queue.getName())).isNull();
    }

    @Test
    void routesThroughADeclaredBinding() {
        TopicExchange exchange = new TopicExchange("spring-topic", false, true);
        Queue queue = new AnonymousQueue();
        admin.declareExchange(exchange);
        admin.declareQueue(queue);
        admin.declareBinding(BindingBuilder.bind(queue).to(exchange).with("orders.*"));

        template.convertAndSend("spring-topic", "invoices.new", "no");
        template.convertAndSend("spring-topic", "orders.new", "yes");

        assertThat(template.receiveAndConvert(queue.getName())).isEqualTo("yes");
    }

    @Test
    void answersARequestThroughAListener() {
        String queue = declaredQueue();
        SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
        container.setMessageListener(new MessageListenerAdapter(new Upper()));
        startListening(container, queue);

        assertThat(template.convertSendAndReceive(queue, "quiet")).isEqualTo("QUIET");
        assertThat(template.convertSendAndReceive(queue, "please")).isEqualTo("PLEASE");

        container.stop();
    }

    /** What Spring's adapter calls. */
    static final class Upper {
        @SuppressWarnings("unused") // By its name.
        public String handleMessage(String text) {
            return text.toUpperCase(Locale.ROOT);
        }
    }

    @Test
    void listensWithADirectContainerOnSeveralConsumers() throws InterruptedException {
        String queue = declaredQueue();
        BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
        DirectMessageListenerContainer container = new DirectMessageListenerContainer(connections);
        container.setConsumersPerQueue(3);
        container.setMessageListener(
                (MessageListener) message -> bodies.add(new String(message.getBody(), StandardCharsets.UTF_8)));
        startListening(container, queue);

        for (int number = 0; number < 30; number++) {
            template.convertAndSend(queue, "message " + number);
        }

        for (int number = 0; number < 30; number++) {
            assertThat(bodies.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).startsWith("message ");
        }
        container.stop();
    }

    @Test
    void redeliversWhatAListenerFailedOn() {
        String queue = declaredQueue();
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<Boolean> redelivered = new CompletableFuture<>();
        SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
        container.setAcknowledgeMode(AcknowledgeMode.AUTO);
        container.setErrorHandler(failure -> {}); // Wanted here.
        container.setMessageListener((MessageListener) message -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("the first attempt fails");
            }
            redelivered.complete(message.getMessageProperties().isRedelivered());
        });
        startListening(container, queue);

        template.convertAndSend(queue, "again");

        assertThat(redelivered).succeedsWithin(PATIENCE).isEqualTo(true);
        container.stop();
    }

    private void startListening(AbstractMessageListenerContainer container, String queue) {
        container.setQueueNames(queue);
        container.afterPropertiesSet();
        container.start();
        await().atMost(PATIENCE).until(() -> {
            QueueInformation information = admin.getQueueInfo(queue);
            return information != null && information.getConsumerCount() > 0;
        });
    }

    @Test
    void confirmsEachMessageToItsSender() {
        CorrelationData correlation = new CorrelationData("one");

        template.convertAndSend("", declaredQueue(), "hello", correlation);

        assertThat(correlation.getFuture())
                .succeedsWithin(PATIENCE)
                .matches(CorrelationData.Confirm::ack)
                .satisfies(_ -> assertThat(correlation.getReturned()).isNull());
    }

    @Test
    void returnsAnUnroutableMessageBeforeItsConfirm() {
        template.setMandatory(true);
        CorrelationData correlation = new CorrelationData("lost");

        template.convertAndSend("", "no-such-queue", "hello", correlation);

        assertThat(correlation.getFuture()).succeedsWithin(PATIENCE).matches(CorrelationData.Confirm::ack);
        assertThat(correlation.getReturned())
                .extracting(ReturnedMessage::getReplyCode, ReturnedMessage::getReplyText)
                .containsExactly(312, "NO_ROUTE");
    }

    @Test
    void publishesATransactionOnlyWhenItIsCommitted() {
        String queue = declaredQueue();
        CachingConnectionFactory transactional = new CachingConnectionFactory(BROKER.connectionFactory());
        RabbitTemplate transaction = new RabbitTemplate(transactional);
        transaction.setChannelTransacted(true);

        transaction.convertAndSend(queue, "committed by the template");

        assertThat(template.receiveAndConvert(queue)).isEqualTo("committed by the template");
        transactional.destroy();
    }
}
