package io.ferrymq.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.client.Codec;
import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueue;
import io.ferrymq.client.QueueOptions;
import io.ferrymq.client.Received;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application that keeps its messages in a directory is killed while it puts, again and again. */
class KilledApplicationTest {
    private static final int ROUNDS = Integer.getInteger("kill.rounds", 10);
    private static final long SEED = Long.getLong("kill.seed", System.nanoTime());
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Pattern CONFIRMED = Pattern.compile(PuttingApplication.CONFIRMED + "(\\d+)");
    private static final int CONFIRMS_BEFORE_KILL_MAX = 3_000;

    @TempDir
    private Path directory = Path.of("");

    private final Random random = new Random(SEED);

    @Test
    @Timeout(600)
    void findsWhatWasConfirmedAndNothingElseWhenItIsOpenedAgain() throws IOException, InterruptedException {
        String data = directory.resolve("data").toUri().toString();
        int first = 0;
        int confirmedInAll = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int confirmed = putUntilKilled(data, first);
            List<String> found = takeAll(data);
            List<String> put = IntStream.range(first, first + found.size())
                    .mapToObj(PuttingApplication::letter)
                    .toList();
            assertThat(found)
                    .as("round %d of kill.seed=%d: each letter once, in order, without a gap", round, SEED)
                    .isEqualTo(put);
            assertThat(first + found.size())
                    .as("round %d of kill.seed=%d: the last that was confirmed", round, SEED)
                    .isGreaterThan(confirmed);
            confirmedInAll += confirmed - first + 1;
            first += found.size();
        }
        System.out.printf(
                "%d kills: %d confirmed, none lost; %d put in all; kill.seed=%d%n",
                ROUNDS, confirmedInAll, first, SEED);
    }

    /** Runs the application until some number of confirms; returns the last number that it said was confirmed. */
    private int putUntilKilled(String data, int first) throws IOException, InterruptedException {
        int confirms = 1 + random.nextInt(CONFIRMS_BEFORE_KILL_MAX);
        Path errors = directory.resolve("errors");
        Process application = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PuttingApplication.class.getName(),
                        data,
                        Integer.toString(first))
                .redirectError(errors.toFile())
                .start();
        int last = -1;
        try (BufferedReader output = application.inputReader()) {
            int count = 0;
            for (Iterator<String> lines = output.lines().iterator(); lines.hasNext(); ) {
                Matcher confirmed = CONFIRMED.matcher(lines.next());
                if (confirmed.matches()) {
                    // The last line may be cut off, which makes its number smaller.
                    last = Math.max(last, Integer.parseInt(confirmed.group(1)));
                    count++;
                }
                if (count == confirms) {
                    // What it has written before can still be read, unlike after Process.destroyForcibly.
                    application.toHandle().destroyForcibly();
                }
            }
        } finally {
            application.destroyForcibly();
        }
        application.waitFor();
        assertThat(last).as(Files.readString(errors)).isGreaterThanOrEqualTo(first + confirms - 1);
        return last;
    }

    private static List<String> takeAll(String data) throws InterruptedException {
        List<String> found = new ArrayList<>();
        try (Ferry ferry = Ferry.open(data)) {
            MessageQueue<String> queue = ferry.queue(QueueOptions.durable(PuttingApplication.QUEUE), Codec.text());
            for (long left = queue.size(); left > 0; left--) {
                Optional<Received<String>> received = queue.poll(LONG);
                found.add(received.orElseThrow().value());
                received.orElseThrow().done();
            }
            assertThat(queue.size()).isZero();
        }
        return found;
    }
}
