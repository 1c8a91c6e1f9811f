package io.ferrymq.bench;

import io.ferrymq.bench.Round.Failed;
import io.ferrymq.bench.Round.Measured;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the scenarios on one broker or on two in turn, and prints medians and ratios. */
@Command(
        name = "amqp",
        mixinStandardHelpOptions = true,
        description = "Measures with RabbitMQ's PerfTest. A BROKER is 'ferrymq', 'rabbitmq' (both are started on free"
                + " ports with empty stores), the directory of another checkout of FerryMQ, which is started the same"
                + " way, or the URI of a broker that runs.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields.
final class AmqpBench implements Callable<Integer> {
    private static final int QUICK_SECONDS = 3;

    @Spec
    private CommandSpec spec;

    @Option(names = "--only", paramLabel = "BROKER", defaultValue = "ferrymq", description = "What is measured.")
    private String only;

    @Option(names = "--against", paramLabel = "BROKER", description = "What it is compared with, round by round.")
    private @Nullable String against;

    @Option(names = "--pid", description = "Process of the first broker, if its port does not tell.")
    private @Nullable Long pid;

    @Option(names = "--against-pid", description = "Process of the second broker, if its port does not tell.")
    private @Nullable Long againstPid;

    @Option(names = "--rounds", defaultValue = "3", description = "Rounds of each scenario and broker.")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "10", description = "Counted, and warm-up before it, in each round.")
    private int seconds;

    @Option(names = "--scenario", paramLabel = "NAME", description = "Only this one; may be repeated.")
    private @Nullable List<String> names;

    @Option(names = "--quick", description = "One round of three seconds: shows that it works, measures nothing.")
    private boolean quick;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Configuration for FerryMQ; may be repeated.")
    private @Nullable List<String> settings;

    @Option(names = "--load-heap", defaultValue = "1g", description = "Fixed heap of PerfTest's JVM.")
    private String loadHeap;

    private Path root;
    private Path output;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (quick) {
            rounds = 1;
            seconds = QUICK_SECONDS;
        }
        ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
        root = Path.of(System.getProperty("bench.root", ".")).toAbsolutePath();
        output = root.resolve("bench/target/results")
                .resolve(now.format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)));
        Files.createDirectories(output);
        List<Scenario> scenarios = scenarios();
        List<Contender> brokers = new ArrayList<>();
        brokers.add(contender(only, pid, "a"));
        if (against != null) {
            brokers.add(contender(against, againstPid, "b"));
        }
        Thread stopAll = new Thread(() -> stop(brokers));
        Runtime.getRuntime().addShutdownHook(stopAll);
        return measure(scenarios, brokers, Machine.describe(now));
    }

    private int measure(List<Scenario> scenarios, List<Contender> brokers, String machine)
            throws IOException, InterruptedException {
        Results results = new Results();
        RawResults raw = new RawResults(output.resolve("rounds.csv"));
        PerfTest perfTest = new PerfTest(PerfTest.command(root, loadHeap), seconds);
        for (Contender broker : brokers) {
            broker.ensureRunning();
        }
        int all = scenarios.size() * rounds * brokers.size();
        int done = 0;
        tell(all + " rounds of " + 2 * seconds + " s each");
        for (Scenario scenario : scenarios) {
            for (int round = 1; round <= rounds; round++) {
                for (Contender broker : brokers) {
                    Path files = output.resolve(
                            scenario.name() + "-" + round + (brokers.indexOf(broker) == 0 ? "-a" : "-b"));
                    Round result = run(perfTest, scenario, broker, files);
                    results.add(scenario, broker, result);
                    raw.add(scenario, broker, round, result);
                    progress(++done + " of " + all, scenario, round, broker, result);
                }
            }
        }
        String markdown =
                new Report(scenarios, brokers, results).markdown(machine, describeSettings(), memory(brokers));
        Files.writeString(output.resolve("report.md"), markdown);
        say(markdown);
        say("Raw figures and PerfTest's own output: " + output);
        return results.anyFailed() ? 1 : 0;
    }

    private static Round run(PerfTest perfTest, Scenario scenario, Contender broker, Path files)
            throws InterruptedException {
        try {
            broker.ensureRunning();
            return perfTest.run(scenario, broker, files);
        } catch (IOException e) {
            return new Failed(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private List<Scenario> scenarios() {
        List<Scenario> all = Scenario.all();
        if (names == null) {
            return all;
        }
        List<String> known = all.stream().map(Scenario::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new ParameterException(spec.commandLine(), "no scenario '" + name + "', only " + known);
            }
        }
        return all.stream().filter(scenario -> names.contains(scenario.name())).toList();
    }

    private Contender contender(String broker, @Nullable Long statedPid, String letter) {
        Path data = root.resolve("bench/target/run-" + ProcessHandle.current().pid() + "-" + letter);
        Path log = output.resolve(letter + "-stderr.log");
        Path checkout = Path.of(broker).toAbsolutePath().normalize();
        if (Files.isExecutable(checkout.resolve("ferry"))) {
            return new StartedBroker(" in " + checkout.getFileName(), ferryCommand(checkout), root, data, log);
        }
        return switch (broker) {
            case "ferrymq" -> new StartedBroker("", ferryCommand(root), root, data, log);
            case "rabbitmq" ->
                new StartedBroker(
                        "",
                        List.of(root.resolve("bench/rabbitmq.sh").toString(), "--until-eof", "--data"),
                        root,
                        data,
                        log);
            default ->
                new GivenBroker(
                        URI.create(broker), statedPid == null ? OptionalLong.empty() : OptionalLong.of(statedPid));
        };
    }

    private List<String> ferryCommand(Path checkout) {
        List<String> command = new ArrayList<>(List.of(checkout.resolve("ferry").toString(), "start"));
        command.addAll(List.of("--set", "amqp.host=127.0.0.1", "--set", "amqp.port=0"));
        for (String setting : settings == null ? List.<String>of() : settings) {
            command.addAll(List.of("--set", setting));
        }
        command.add("--data");
        return command;
    }

    private String describeSettings() {
        return String.format(
                Locale.ROOT,
                "Median of %d rounds in turn · %d s counted after %d s of warm-up in each · PerfTest's heap %s%s",
                rounds,
                seconds,
                seconds,
                loadHeap,
                settings == null ? "" : " · " + String.join(" ", settings));
    }

    private static List<String> memory(List<Contender> brokers) {
        List<String> shown = new ArrayList<>();
        for (Contender broker : brokers) {
            if (broker.pid().isPresent()) {
                ProcessUsage.of(broker.pid().getAsLong())
                        .ifPresent(usage -> shown.add(broker.label() + " "
                                + Figure.megabytes((double) usage.residentBytes()) + " resident, "
                                + Figure.megabytes((double) usage.residentPeakBytes()) + " at its peak"));
            }
        }
        return shown;
    }

    private void progress(String place, Scenario scenario, int round, Contender broker, Round result) {
        String figures = switch (result) {
            case Measured measured ->
                Figure.RECEIVED.show(Figure.RECEIVED.value().apply(measured)) + "/s · "
                        + Figure.CPU.show(Figure.CPU.value().apply(measured)) + " · p50 "
                        + Figure.MEDIAN.show(Figure.MEDIAN.value().apply(measured)) + " · p99 "
                        + Figure.P99.show(Figure.P99.value().apply(measured));
            case Failed failed -> "failed: " + failed.reason();
        };
        tell(String.format(
                Locale.ROOT, "%8s  %-16s round %d  %-18s %s", place, scenario.name(), round, broker.label(), figures));
    }

    private void tell(String progress) {
        spec.commandLine().getErr().println(progress);
        spec.commandLine().getErr().flush();
    }

    private void say(String text) {
        spec.commandLine().getOut().println(text);
        spec.commandLine().getOut().flush();
    }

    private static void stop(List<Contender> brokers) {
        for (Contender broker : brokers) {
            try {
                broker.close();
            } catch (IOException e) {
                System.err.println("could not clean up after " + broker.label() + ": " + e.getMessage());
            }
        }
    }
}
