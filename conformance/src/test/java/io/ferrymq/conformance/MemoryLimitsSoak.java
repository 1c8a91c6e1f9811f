package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker at all its limits of memory at once for {@code -Dsoak.minutes} (10), with one publisher and one consumer who do
 * nothing wrong and are served all the time; then at its limit of descriptors.
 */
@DisabledIfSystemProperty(named = "amqp.uri", matches = ".+", disabledReason = "a given broker is not ours to fill")
class MemoryLimitsSoak {
    private static final long MINUTES = Long.getLong("soak.minutes", 10);
    private static final Duration SAMPLE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long STOP_SECONDS_MAX = 10;
    private static final int SAMPLES_ALONE = 6;
    private static final int LINES_SHOWN = 30;
    private static final int DESCRIPTORS = 1_024;
    private static final int IDLE_SOCKETS = 1_500;
    private static final String STACK_TRACE = "\tat ";

    /** What may be left over of the heap: tables that have grown, and code's own data. */
    private static final long HEAP_LEFT_BYTES_MAX = 24 << 20;

    /** What may be left over outside: the pool keeps chunks that are partly used, and the system's allocator what it was given back. */
    private static final long OUTSIDE_LEFT_BYTES_MAX = 128 << 20;

    @Test
    void atAllLimitsAtOnceIsServedAndComesBack(@TempDir Path directory) throws Exception {
        Certificates certificates = Certificates.in(directory);
        try (BrokerProcess broker = BrokerProcess.startedWith(
                        16_384,
                        "tls.certificate=" + certificates.directory().resolve("server.pem"),
                        "tls.key=" + certificates.directory().resolve("server.key"),
                        "amqps.port=0");
                Greed greed = new Greed(broker)) {
            try (SteadyClients steady = SteadyClients.of(broker)) {
                ProcessMemory before = warm(broker, steady);
                greed.prepare();
                greed.start();
                ProcessMemory most = watch(broker, steady, before);
                List<String> met = greed.stop();
                greed.cleanUp();
                ProcessMemory after = settled(broker, before);
                steady.finish();
                report(before, most, after, steady, met, broker);
                assertThat(after.heapBytes() - before.heapBytes()).isLessThan(HEAP_LEFT_BYTES_MAX);
                assertThat(after.outsideBytes() - before.outsideBytes()).isLessThan(OUTSIDE_LEFT_BYTES_MAX);
                assertThat(steady.lost()).isEmpty();
                serveAnother(broker);
            }
            assertThat(broker.errorLines()).doesNotContain("OutOfMemory", STACK_TRACE, " ERROR ");
            assertThat(broker.stopWithin(STOP_SECONDS_MAX)).isZero();
        }
    }

    @Test
    void atEachLimitAloneComesBack(@TempDir Path directory) throws Exception {
        Certificates certificates = Certificates.in(directory);
        try (BrokerProcess broker = BrokerProcess.startedWith(
                        16_384,
                        "tls.certificate=" + certificates.directory().resolve("server.pem"),
                        "tls.key=" + certificates.directory().resolve("server.key"),
                        "amqps.port=0");
                SteadyClients steady = SteadyClients.of(broker)) {
            ProcessMemory before = warm(broker, steady);
            System.out.println("before: " + before);
            for (String kind : kinds(broker)) {
                try (Greed greed = new Greed(broker)) {
                    greed.prepare();
                    greed.start(kind);
                    ProcessMemory most = hold(broker, steady);
                    List<String> met = greed.stop();
                    greed.cleanUp();
                    ProcessMemory after = settled(broker, before);
                    System.out.println(met.getFirst() + "; at most: " + most + "; after: " + after);
                    assertThat(after.heapBytes() - before.heapBytes()).as(kind).isLessThan(HEAP_LEFT_BYTES_MAX);
                    assertThat(after.outsideBytes() - before.outsideBytes())
                            .as(kind)
                            .isLessThan(OUTSIDE_LEFT_BYTES_MAX);
                }
            }
            steady.finish();
            assertThat(steady.lost()).isEmpty();
        }
    }

    /** What the broker takes when it has worked for a while: its caches are full, and its code is compiled. */
    private static ProcessMemory warm(BrokerProcess broker, SteadyClients steady) throws Exception {
        Backlog.through(broker);
        await().atMost(PATIENCE).until(() -> steady.received() > 2_000);
        return ProcessMemory.collected(broker.pid());
    }

    private static List<String> kinds(BrokerProcess broker) {
        try (Greed greed = new Greed(broker)) {
            return greed.kinds();
        }
    }

    /** The most that is referred to while one kind of client takes what it gets. */
    private static ProcessMemory hold(BrokerProcess broker, SteadyClients steady) {
        ProcessMemory most = ProcessMemory.collected(broker.pid());
        for (int i = 0; i < SAMPLES_ALONE; i++) {
            await().pollDelay(SAMPLE).atMost(SAMPLE.multipliedBy(2)).until(() -> true);
            assertThat(broker.isAlive()).as(() -> lastLines(broker)).isTrue();
            steady.requireServed();
            most = most.or(ProcessMemory.collected(broker.pid()));
        }
        return most;
    }

    private static ProcessMemory watch(BrokerProcess broker, SteadyClients steady, ProcessMemory before) {
        ProcessMemory[] most = {before};
        long samples = Duration.ofMinutes(MINUTES).dividedBy(SAMPLE);
        for (long i = 0; i < samples; i++) {
            await().pollDelay(SAMPLE).atMost(SAMPLE.multipliedBy(2)).until(() -> true);
            assertThat(broker.isAlive()).as(() -> lastLines(broker)).isTrue();
            steady.requireServed();
            ProcessMemory now = ProcessMemory.of(broker.pid());
            most[0] = most[0].or(now);
            if (i % 6 == 0) {
                System.out.printf("%4d s: %s; %d received%n", i * SAMPLE.toSeconds(), now, steady.received());
            }
        }
        return most[0];
    }

    private static String lastLines(BrokerProcess broker) {
        try {
            List<String> lines = broker.errorLines().lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is left when chores are done, and caches have let go of what they need not keep. */
    private static ProcessMemory settled(BrokerProcess broker, ProcessMemory before) {
        ProcessMemory[] least = {ProcessMemory.collected(broker.pid())};
        for (int i = 0; i < 24 && !isBack(least[0], before); i++) {
            await().pollDelay(SAMPLE).atMost(SAMPLE.multipliedBy(2)).until(() -> true);
            least[0] = ProcessMemory.collected(broker.pid());
        }
        return least[0];
    }

    private static boolean isBack(ProcessMemory now, ProcessMemory before) {
        return now.heapBytes() - before.heapBytes() < HEAP_LEFT_BYTES_MAX
                && now.outsideBytes() - before.outsideBytes() < OUTSIDE_LEFT_BYTES_MAX;
    }

    private static void report(
            ProcessMemory before,
            ProcessMemory most,
            ProcessMemory after,
            SteadyClients steady,
            List<String> met,
            BrokerProcess broker)
            throws IOException {
        System.out.println("before: " + before);
        System.out.println("at most: " + most);
        System.out.println("after: " + after);
        System.out.println("steady clients: " + steady);
        met.forEach(System.out::println);
        broker.errorLines()
                .lines()
                .filter(line -> line.contains("memory is") || line.contains("publishers"))
                .limit(60)
                .forEach(System.out::println);
    }

    private static void serveAnother(BrokerProcess broker) throws Exception {
        try (SteadyClients another = SteadyClients.of(broker)) {
            await().atMost(PATIENCE).until(() -> another.received() > 100);
            another.finish();
            assertThat(another.lost()).isEmpty();
        }
    }

    @Test
    void atItsLimitOfDescriptorsIsServedAndStops() throws Exception {
        try (BrokerProcess broker = BrokerProcess.startedWith(DESCRIPTORS)) {
            List<RawConnection> idle = new ArrayList<>();
            try (SteadyClients steady = SteadyClients.of(broker)) {
                await().atMost(PATIENCE).until(() -> steady.received() > 100);
                for (int i = 0; i < IDLE_SOCKETS; i++) {
                    idle.add(RawConnection.connected(broker.port(), 4_096));
                }
                long received = steady.received();
                await().atMost(PATIENCE).until(() -> steady.received() > received + 2_000);
                steady.requireServed();
                steady.finish();
                assertThat(steady.lost()).isEmpty();
            } finally {
                idle.forEach(RawConnection::close);
            }
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> serveAnother(broker));
            assertThat(broker.errorLines()).doesNotContain(STACK_TRACE, " ERROR ");
            assertThat(broker.stopWithin(STOP_SECONDS_MAX)).isZero();
        }
    }
}
