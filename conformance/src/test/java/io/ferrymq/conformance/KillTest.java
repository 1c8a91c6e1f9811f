package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * Kills the broker under load, again and again, and holds it to its {@link Promise}.
 *
 * <p>{@code -Dkill.rounds=500} for a long run, {@code -Dkill.seed=…} to repeat one as far as a race can be repeated,
 * {@code -Dbroker.command=…} to judge another broker.
 */
@DisabledIfSystemProperty(named = "amqp.uri", matches = ".+", disabledReason = "a given broker is not ours to kill")
class KillTest {
    private static final int ROUNDS = Integer.getInteger("kill.rounds", 20);
    private static final long SEED = Long.getLong("kill.seed", System.nanoTime());
    private static final int PUBLISHERS = 4;
    private static final int CONFIRMS_BEFORE_KILL_MAX = 4_000;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Random random = new Random(SEED);
    private final Promise promise = new Promise();
    private final BrokerProcess broker = BrokerProcess.started();
    private final List<NumberedPublisher> publishers = new ArrayList<>();

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void losesNothingConfirmedAndInventsNothing() throws IOException, TimeoutException {
        System.out.println("kill.seed=" + SEED + " kill.rounds=" + ROUNDS);
        for (int number = 0; number < PUBLISHERS; number++) {
            NumberedPublisher.Way way =
                    number == 0 ? NumberedPublisher.Way.TRANSACTIONS : NumberedPublisher.Way.CONFIRMS;
            publishers.add(new NumberedPublisher(number, way, promise));
        }
        declareQueues();
        for (int round = 1; round <= ROUNDS; round++) {
            loadAndKill();
            broker.startAgain();
            drain();
            assertThat(promise.violationsAtRest())
                    .as("round %d of kill.seed=%d", round, SEED)
                    .isEmpty();
        }
        System.out.printf(
                "%d kills: %d confirmed, none lost; %d uncertain; %d reappeared after their acknowledgement, flagged%n",
                ROUNDS, promise.confirmedCount(), promise.uncertainCount(), promise.reappearedAfterSettlingCount());
    }

    private ConnectionFactory connectionFactory() {
        ConnectionFactory factory = RunningBroker.connectionFactoryExpectingCuts(broker.uri());
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    private void declareQueues() throws IOException, TimeoutException {
        try (Connection connection = connectionFactory().newConnection();
                Channel channel = connection.createChannel()) {
            Destinations.declareAll(channel);
        }
    }

    /** All publish, all but one queue are consumed, and after some number of confirms the broker is killed. */
    private void loadAndKill() throws IOException, TimeoutException {
        int confirmsBeforeKill = promise.confirmedCount() + 1 + random.nextInt(CONFIRMS_BEFORE_KILL_MAX);
        Connection publishing = connectionFactory().newConnection();
        Connection consuming = connectionFactory().newConnection();
        List<NumberedConsumer> consumers = new ArrayList<>();
        for (String queue : Destinations.QUEUES) {
            if (!queue.equals(Destinations.BACKLOG)) {
                consumers.add(NumberedConsumer.start(consuming, queue, promise, random.nextLong()));
            }
        }
        publishers.forEach(publisher -> publisher.start(publishing));
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> promise.confirmedCount() >= confirmsBeforeKill);
        broker.kill();
        publishers.forEach(NumberedPublisher::awaitEnd);
        // What the client still holds is not delivered any more: the broker will have to deliver it again.
        consumers.forEach(NumberedConsumer::ignoreFurtherDeliveries);
        publishing.abort();
        consuming.abort();
    }

    /** Consumes until every queue is empty and everything confirmed has arrived, or will not. */
    private void drain() throws IOException, TimeoutException {
        try (Connection connection = connectionFactory().newConnection();
                Channel channel = connection.createChannel()) {
            do {
                List<NumberedConsumer> consumers = new ArrayList<>();
                for (String queue : Destinations.QUEUES) {
                    consumers.add(NumberedConsumer.start(connection, queue, promise, random.nextLong()));
                }
                awaitRest(channel);
                for (NumberedConsumer consumer : consumers) {
                    consumer.finish();
                }
            } while (waiting(channel) > 0);
        }
    }

    private void awaitRest(Channel channel) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        // A message that is still missing at the deadline is lost, which the judge says better than a timeout.
        await().atMost(PATIENCE.multipliedBy(2))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> (promise.outstanding() == 0 && waiting(channel) == 0) || System.nanoTime() > deadline);
    }

    private static long waiting(Channel channel) throws IOException {
        long waiting = 0;
        for (String queue : Destinations.queuesToDrain()) {
            waiting += channel.messageCount(queue);
        }
        return waiting;
    }
}
