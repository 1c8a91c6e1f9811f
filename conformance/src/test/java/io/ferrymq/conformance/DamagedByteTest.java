package io.ferrymq.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import io.ferrymq.broker.DamagedMessage;
import io.ferrymq.broker.Resource;
import io.ferrymq.log.DiskDirectory;
import io.ferrymq.log.Storage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A byte of a stored message rots while a killed broker is down: that costs this message and nothing else. */
@Timeout(180)
@DisabledIfSystemProperty(named = "amqp.uri", matches = ".+", disabledReason = "a given broker is not ours to kill")
class DamagedByteTest {
    private static final String QUEUE = "rotten";
    private static final int MESSAGES = 300;
    private static final int DAMAGED = 137;
    private static final long CONFIRM_MILLIS_MAX = 30_000;

    private final BrokerProcess broker = BrokerProcess.started();

    @AfterEach
    void stop() {
        broker.close();
    }

    private static String body(int number) {
        return "message " + number + " of those that are looked for, " + "x".repeat(number);
    }

    private static List<String> bodies(int from, int to) {
        return IntStream.range(from, to).mapToObj(DamagedByteTest::body).toList();
    }

    private void publish(int from, int to) throws Exception {
        try (Connection connection =
                        RunningBroker.connectionFactory(broker.uri()).newConnection();
                Channel channel = connection.createChannel()) {
            channel.queueDeclare(QUEUE, true, false, false, Map.of());
            channel.confirmSelect();
            for (String body : bodies(from, to)) {
                channel.basicPublish("", QUEUE, MessageProperties.PERSISTENT_BASIC, body.getBytes(US_ASCII));
            }
            channel.waitForConfirmsOrDie(CONFIRM_MILLIS_MAX);
        }
    }

    private List<String> takeAll() throws Exception {
        List<String> taken = new ArrayList<>();
        try (Connection connection =
                        RunningBroker.connectionFactory(broker.uri()).newConnection();
                Channel channel = connection.createChannel()) {
            for (GetResponse got = channel.basicGet(QUEUE, true); got != null; got = channel.basicGet(QUEUE, true)) {
                taken.add(new String(got.getBody(), US_ASCII));
            }
        }
        return taken;
    }

    /** Flips all bits of a byte in the middle of a message, wherever the journal has it. */
    private void damage(int number) throws IOException {
        byte[] wanted = body(number).getBytes(US_ASCII);
        try (Stream<Path> files = Files.list(broker.data().resolve("shard-0"))) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("j-"))
                    .toList()) {
                int at = new String(Files.readAllBytes(file), ISO_8859_1).indexOf(body(number));
                if (at >= 0) {
                    flip(file, at + wanted.length / 2);
                    return;
                }
            }
        }
        throw new AssertionError("message " + number + " is in no file");
    }

    private static void flip(Path path, int position) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(position);
            int octet = file.read();
            file.seek(position);
            file.write(octet ^ 0xFF);
        }
    }

    @Test
    void oneMessageIsSetAsideAndAllOthersCome() throws Exception {
        publish(0, MESSAGES);
        // The checkpoint that a stop takes covers these: nobody reads them again at the start.
        assertThat(broker.stop()).isZero();
        broker.startAgain();
        publish(MESSAGES, 2 * MESSAGES);
        broker.kill();
        damage(DAMAGED);
        broker.startAgain();

        List<String> others = new ArrayList<>(bodies(0, 2 * MESSAGES));
        others.remove(DAMAGED);
        assertThat(takeAll()).isEqualTo(others);
        assertThat(broker.errorLines()).contains("queue '" + QUEUE + "' in vhost '/'", "does not match its checksum");
        assertThat(broker.stop()).isZero();

        try (Storage storage = DiskDirectory.open(broker.data().resolve("shard-0"))) {
            List<DamagedMessage> damaged = new TurnedLane()
                    .open(storage, System.currentTimeMillis())
                    .administration()
                    .damagedMessages("/")
                    .list(Resource.queue(QUEUE, "/"), 0, 10);
            assertThat(damaged).singleElement().satisfies(message -> {
                assertThat(message.bodyBytes()).isEqualTo(body(DAMAGED).length());
                assertThat(message.persistent()).isTrue();
            });
        }
    }
}
