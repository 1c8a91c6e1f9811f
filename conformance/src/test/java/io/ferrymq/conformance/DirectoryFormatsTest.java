package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.Amqp091Format;
import io.ferrymq.broker.DelayedMessages;
import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.access.Origin;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.shard.LocalBroker;
import io.ferrymq.log.DiskDirectory;
import io.ferrymq.log.Storage;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Data directories that earlier versions wrote are opened, and have in them what was put there. How the directories were
 * made is written beside them.
 */
final class DirectoryFormatsTest {
    /** Shortly after the directories were made. */
    private static final long NOW_MILLIS = 1_796_070_000_000L;

    @TempDir
    private Path directory;

    private static final class Silent implements LinkListener {
        @Override
        public void durable(long sequence) {}

        @Override
        public void blocked(String reason) {}

        @Override
        public void unblocked() {}

        @Override
        public void relieved() {}

        @Override
        public void closing(String reason) {}
    }

    /** Takes one message after the other and writes down what it says, and how often its delivery failed. */
    private static final class Reader implements DeliverySink {
        private final List<String> bodies = new ArrayList<>();
        private final List<Integer> failures = new ArrayList<>();
        private final List<String> deaths = new ArrayList<>();

        @Override
        public boolean hasCredit() {
            return true;
        }

        @Override
        public int credit() {
            return 1;
        }

        @Override
        public void deliver(Delivery delivery) {
            var message = delivery.message();
            bodies.add(message.buffer().toString(message.bodyOffset(), message.bodyLength(), StandardCharsets.UTF_8));
            failures.add(delivery.failedDeliveries());
            if (message.history() != null) {
                deaths.add(Objects.requireNonNull(message.history()).first().queue());
            }
        }

        @Override
        public void cancelled() {}
    }

    private final TurnedLane lane = new TurnedLane();

    private static Link guest(LocalBroker broker) {
        Identity guest = broker.login("guest", "guest", Origin.LOOPBACK);
        return broker.open(guest, "/", "test", new Silent());
    }

    private Reader drain(Link link, String queue) {
        Reader reader = new Reader();
        boolean more = true;
        while (more) {
            more = link.fetch(queue, Settling.ON_DELIVERY, reader);
            lane.turn();
        }
        return reader;
    }

    private void unpack(int format) throws IOException {
        String name = "formats/format-" + format + ".zip";
        try (InputStream file =
                        Objects.requireNonNull(getClass().getClassLoader().getResourceAsStream(name), name);
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = directory.resolve(entry.getName());
                Files.createDirectories(target.getParent());
                Files.copy(zip, target);
            }
        }
    }

    /** The version of the snapshot in the newest checkpoint. */
    private int checkpointVersion() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("shard-0"))) {
            Path newest = files.filter(file -> file.getFileName().toString().startsWith("c-"))
                    .sorted()
                    .reduce((first, second) -> second)
                    .orElseThrow();
            ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(newest)).order(ByteOrder.LITTLE_ENDIAN);
            int segments = content.getInt(84);
            return content.get(128 + segments * 32);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void aDirectoryOfEveryFormatHasInItWhatWasPutThere(int format) throws IOException {
        unpack(format);
        assertThat(checkpointVersion()).isEqualTo(format);
        try (Storage storage = DiskDirectory.open(directory.resolve("shard-0"))) {
            LocalBroker broker = lane.open(storage, NOW_MILLIS);
            if (format >= 2) {
                delayedMessagesAreThere(broker, format);
            }
            Link link = guest(broker);
            messagesAreThere(link);
            if (format >= 3) {
                assertThat(drain(link, "tasks").bodies).containsExactly("kept a", "kept b");
                assertThat(drain(link, "rests").bodies).isEmpty();
            }
            if (format >= 4) {
                damagedMessageIsThere(broker, link);
            }
            bindingsAreThere(link);
            usersAreThere(broker);
        }
    }

    private void messagesAreThere(Link link) {
        assertThat(drain(link, "plain").bodies)
                .containsExactly(
                        "plain a 2",
                        "plain a 3",
                        "topic a",
                        "plain b 0",
                        "plain b 1",
                        "plain b 2",
                        "plain b 3",
                        "topic b");
        assertThat(drain(link, "prio").bodies).containsExactly("urgent a", "urgent b", "fan a", "fan b");
        Reader quorum = drain(link, "quorum");
        assertThat(quorum.bodies).containsExactly("fan a", "fan b");
        assertThat(quorum.failures).containsExactly(2, 0);
        Reader dead = drain(link, "dead");
        assertThat(dead.bodies).containsExactly("dead a", "dead b");
        assertThat(dead.deaths).containsExactly("dies", "dies");
        assertThat(drain(link, "dies").bodies).isEmpty();
        assertThat(drain(link, "deleted").bodies).containsExactly("gone");
    }

    private static void delayedMessagesAreThere(LocalBroker broker, int format) {
        DelayedMessages delayed = broker.administration().delayedMessages("/");
        assertThat(delayed.count("later")).isEqualTo(2);
        assertThat(delayed.count("")).isEqualTo(2);
        assertThat(delayed.list("later", null, 10)).allSatisfy(message -> {
            assertThat(message.routingKey()).isEqualTo("plain");
            assertThat(message.dueMillis()).isGreaterThan(NOW_MILLIS);
        });
        assertThat(delayed.countAtQueue("tasks")).isEqualTo(format >= 3 ? 2 : 0);
    }

    private static void damagedMessageIsThere(LocalBroker broker, Link link) {
        Resource place = Resource.queue("damaged", "/");
        var damaged = broker.administration().damagedMessages("/").list(place, 0, 10);
        assertThat(damaged).hasSize(1);
        assertThat(damaged.getFirst().reason()).contains("does not match its checksum");
        assertThat(new String(
                        broker.administration()
                                .damagedMessages("/")
                                .raw(place, damaged.getFirst().id(), 1_000),
                        StandardCharsets.ISO_8859_1))
                .contains("This is to be damaged");
        assertThat(link.checkQueue("damaged").messagesReady()).isZero();
    }

    private void bindingsAreThere(Link link) {
        for (String exchange : List.of("topics", "fan")) {
            Publication message = new Publication(Amqp091Format.INSTANCE);
            message.address(ShortText.of(exchange), ShortText.of("a.new"), List.of());
            message.content(Unpooled.EMPTY_BUFFER, Unpooled.copiedBuffer(exchange, StandardCharsets.UTF_8));
            message.terms(true, 0, Publication.NEVER);
            link.publish(message);
        }
        link.writeSettlements();
        lane.turn();
        assertThat(drain(link, "plain").bodies).containsExactly("topics", "fan");
        assertThat(drain(link, "quorum").bodies).containsExactly("fan");
    }

    private static void usersAreThere(LocalBroker broker) {
        Identity limited = broker.loginProven("limited", Origin.LOOPBACK);
        assertThat(broker.open(limited, "other", "test", new Silent())).isNotNull();
        assertThat(broker.login("guest", "guest", Origin.LOOPBACK).tags()).containsExactly("administrator");
    }
}
