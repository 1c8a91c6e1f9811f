package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A broker whose disk fills up, as its operator sees it: what it says, and what is there when there is room again. */
@Timeout(300)
@DisabledIfSystemProperty(named = "amqp.uri", matches = ".+", disabledReason = "a given broker is not ours to fill up")
class DiskFullTest {
    private static final String QUEUE = "stored";
    private static final int DISK_MEBIBYTES = 24;
    private static final int BODY_BYTES = 20_000;
    private static final int UNCONFIRMED_MAX = 50;
    private static final int ABORT_MILLIS_MAX = 1_000;

    @SuppressWarnings("NullAway.Init") // Assigned before each test.
    private SmallDisk disk;

    private final ConcurrentSkipListSet<Integer> confirmed = new ConcurrentSkipListSet<>();
    private final TreeSet<Integer> taken = new TreeSet<>();

    @BeforeEach
    void mount() {
        String reason = "left out: this machine does not let this user mount a small disk (unshare --mount)";
        var mounted = SmallDisk.mounted(DISK_MEBIBYTES);
        if (mounted.isEmpty()) {
            System.out.println("DiskFullTest: " + reason);
        }
        Assumptions.assumeTrue(mounted.isPresent(), reason);
        disk = mounted.orElseThrow();
    }

    @AfterEach
    void unmount() {
        if (disk != null) {
            disk.close();
        }
    }

    /** Whatever else writes there takes the last room, so no alarm comes in time. */
    private BrokerProcess started() {
        return BrokerProcess.startedOn(
                disk,
                "log.segment-bytes=1MiB",
                "log.batch-bytes=256KiB",
                "log.checkpoint-bytes=4MiB",
                "log.spare-segments=1",
                "disk.free-min-bytes=0");
    }

    @Test
    void endsWithTheCauseAndTheRemedyAndHasEverythingConfirmedWhenThereIsRoomAgain() throws Exception {
        String filler = disk.mountPoint().resolve("filler").toString();
        disk.run("fallocate", "-l", "6MiB", filler);
        try (BrokerProcess broker = started()) {
            publishUntilTheEnd(broker);
            assertThat(broker.awaitEnd()).isEqualTo(70);
            assertThat(broker.errorLines().lines().filter(line -> line.startsWith("ferry: fatal:")))
                    .singleElement()
                    .asString()
                    .contains("the log cannot be written: the disk is full: ", "make room there")
                    .contains("start again");
            assertThat(confirmed).hasSizeGreaterThan(100);

            disk.run("rm", filler);
            broker.startAgain();
            requireEverythingConfirmed(broker);
            assertThat(broker.stop()).isZero();
        }
    }

    private void publishUntilTheEnd(BrokerProcess broker) throws IOException, TimeoutException, InterruptedException {
        Connection connection =
                RunningBroker.connectionFactoryExpectingCuts(broker.uri()).newConnection();
        Semaphore window = new Semaphore(UNCONFIRMED_MAX);
        Channel channel = confirming(connection, window);
        try {
            int number = 0;
            while (channel.isOpen()) {
                if (window.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                    publish(channel, number++);
                }
            }
        } catch (IOException | AlreadyClosedException e) {
            // It is what the test is about.
        } finally {
            connection.abort(ABORT_MILLIS_MAX);
        }
    }

    private Channel confirming(Connection connection, Semaphore window) throws IOException {
        Channel channel = connection.createChannel();
        channel.queueDeclare(QUEUE, true, false, false, Map.of());
        channel.confirmSelect();
        int[] next = {1};
        channel.addConfirmListener(
                (tag, multiple) -> {
                    // In order, and each once: whatever the tag skips is confirmed with it.
                    for (; next[0] <= tag; next[0]++) {
                        confirmed.add(next[0] - 1);
                        window.release();
                    }
                },
                (tag, multiple) -> {
                    throw new AssertionError("nothing is refused here");
                });
        return channel;
    }

    private static void publish(Channel channel, int number) throws IOException {
        byte[] body = new byte[BODY_BYTES];
        ByteBuffer.wrap(body).putInt(number);
        channel.basicPublish("", QUEUE, MessageProperties.PERSISTENT_BASIC, body);
    }

    /** Takes everything that is there, which comes in order; what is not confirmed yet may be there, too. */
    private void requireEverythingConfirmed(BrokerProcess broker) throws IOException, TimeoutException {
        try (Connection connection =
                RunningBroker.connectionFactory(broker.uri()).newConnection()) {
            Channel channel = connection.createChannel();
            for (GetResponse got = channel.basicGet(QUEUE, false); got != null; got = channel.basicGet(QUEUE, false)) {
                int number = ByteBuffer.wrap(got.getBody()).getInt();
                assertThat(got.getBody()).hasSize(BODY_BYTES);
                assertThat(taken.isEmpty() || taken.last() < number)
                        .as("message %d comes in its order, once", number)
                        .isTrue();
                taken.add(number);
                channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
            }
        }
        assertThat(taken).containsAll(confirmed);
    }
}
