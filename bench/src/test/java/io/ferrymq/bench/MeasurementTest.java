package io.ferrymq.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.bench.Round.Failed;
import io.ferrymq.bench.Round.Latency;
import io.ferrymq.bench.Round.Measured;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from brokers, PerfTest and the kernel, and what is made of it. */
class MeasurementTest {
    private static final String HEADER = "id,time (s),published (msg/s),returned (msg/s),confirmed (msg/s),"
            + "nacked (msg/s),received (msg/s),min consumer latency (µs),median consumer latency (µs),"
            + "75th p. consumer latency (µs),95th p. consumer latency (µs),99th p. consumer latency (µs),"
            + "min confirm latency (µs),median confirm latency (µs),75th p. confirm latency (µs),"
            + "95th p. confirm latency (µs),99th p. confirm latency (µs)";

    private final Scenario scenario = Scenario.all().getFirst();
    private final Contender broker =
            new GivenBroker(URI.create("amqp://user:secret@example.org:5673"), OptionalLong.empty());

    private static Measured measured(double received, OptionalDouble cpu) {
        return new Measured(
                received,
                received,
                new Latency(1, 2),
                new Latency(0, 0),
                cpu,
                OptionalLong.empty(),
                OptionalDouble.empty());
    }

    @Test
    void readsTheReadyLineOfEitherBroker() {
        assertThat(ReadyLine.parse("FerryMQ 0.1.0 ready in 812 ms amqp=127.0.0.1:5672 data=/tmp/x"))
                .contains(new ReadyLine("FerryMQ 0.1.0", 5672, OptionalLong.empty()));
        assertThat(ReadyLine.parse("RabbitMQ 3.10.8 ready amqp=127.0.0.1:21673 pid=42 data=/tmp/x"))
                .contains(new ReadyLine("RabbitMQ 3.10.8", 21673, OptionalLong.of(42)));
        assertThat(ReadyLine.parse("building FerryMQ for the first time")).isEmpty();
    }

    @Test
    void readsPerfTestsIntervals(@TempDir Path directory) throws IOException {
        Path csv = directory.resolve("out.csv");
        Files.writeString(
                csv,
                HEADER + "\nt,2.001,4024,,3999,0,4007,317,3581,5651,25359,84046,550,4068,5792,21826,47024\n"
                        + "t,4.001,9377,,,,9385,551,2375,3409,9116,15502,,,,,\n");

        assertThat(IntervalRow.read(csv))
                .containsExactly(
                        new IntervalRow(2.001, 4024, 4007, new Latency(3581, 84046), new Latency(4068, 47024)),
                        new IntervalRow(4.001, 9377, 9385, new Latency(2375, 15502), new Latency(0, 0)));
        assertThat(IntervalRow.read(directory.resolve("missing.csv"))).isEmpty();
    }

    @Test
    void refusesAFileInAnUnknownShape(@TempDir Path directory) throws IOException {
        Path csv = directory.resolve("out.csv");
        Files.writeString(csv, "id,time (ms)\nt,1\n");

        assertThatThrownBy(() -> IntervalRow.read(csv)).hasMessageContaining("no column 'time (s)'");
    }

    @Test
    void readsWhatAProcessHasUsed() {
        String stat = "42 (a (strange) name) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 7 3 20 0 9 0 1234 1000 200 0";

        assertThat(ProcessUsage.parse(stat, "VmHWM:\t    300 kB\nVmRSS:\t    200 kB\n"))
                .contains(new ProcessUsage(2_100_000_000L, 200 << 10, 300 << 10));
        assertThat(ProcessUsage.parse(stat.replace(") S", ") Z"), "")).isEmpty();
    }

    @Test
    void takesTheMedianOfTheRoundsThatWereMeasured() {
        Results results = new Results();
        results.add(scenario, broker, measured(30, OptionalDouble.empty()));
        results.add(scenario, broker, new Failed("it rained"));
        results.add(scenario, broker, measured(10, OptionalDouble.empty()));
        results.add(scenario, broker, measured(11, OptionalDouble.empty()));

        assertThat(results.median(scenario, broker, Figure.RECEIVED.value())).hasValue(11);
        assertThat(results.median(scenario, broker, Figure.CPU.value())).isEmpty();
        assertThat(results.anyFailed()).isTrue();
    }

    @Test
    void reportsAFailedRoundWithItsReasonAndNoFigure() {
        Results results = new Results();
        results.add(scenario, broker, new Failed("it rained"));

        String report =
                new Report(List.of(scenario), List.of(broker), results).markdown("machine", "settings", List.of());

        assertThat(report)
                .contains("**Failed round**: example.org:5673, " + scenario.title() + ": it rained")
                .contains("| " + scenario.title() + " | – · – · –/– |")
                .doesNotContain("secret");
    }

    @Test
    void givesEachRoundQueuesOfItsOwn() {
        assertThat(Scenario.all())
                .allSatisfy(each -> assertThat(String.join(" ", each.optionsFor("unique")))
                        .contains("unique")
                        .doesNotContain("%s"));
        Scenario hundred = Scenario.all().stream()
                .filter(each -> each.name().equals("100-queues"))
                .findFirst()
                .orElseThrow();
        assertThat(hundred.optionsFor("unique")).contains("unique-%d");
    }
}
