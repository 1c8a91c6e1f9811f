package io.ferrymq.bench;

import io.ferrymq.bench.Round.Failed;
import io.ferrymq.bench.Round.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The Markdown that a run ends with: a summary, a table for each scenario, memory, and what went wrong. */
final class Report {
    private static final List<Figure> SUMMARY = List.of(Figure.RECEIVED, Figure.CPU, Figure.MEDIAN, Figure.P99);
    private static final List<Figure> DETAILS = List.of(
            Figure.RECEIVED,
            Figure.SENT,
            Figure.CPU,
            Figure.MEDIAN,
            Figure.P99,
            Figure.CONFIRM_MEDIAN,
            Figure.CONFIRM_P99,
            Figure.FLUSHES,
            Figure.RESIDENT);

    private final List<Scenario> scenarios;
    private final List<Contender> brokers;
    private final Results results;
    private final StringBuilder text = new StringBuilder();

    Report(List<Scenario> scenarios, List<Contender> brokers, Results results) {
        this.scenarios = scenarios;
        this.brokers = brokers;
        this.results = results;
    }

    String markdown(String machine, String settings, List<String> memory) {
        line(machine + "  ");
        line(settings);
        line("");
        summary();
        scenarios.forEach(this::details);
        line("Memory after all of these: " + (memory.isEmpty() ? "unknown" : String.join("; ", memory)) + ".");
        failures();
        return text.toString();
    }

    private void summary() {
        List<String> header = new ArrayList<>(List.of("scenario"));
        brokers.forEach(broker -> header.add(broker.label() + ": received/s · CPU per message · p50/p99"));
        if (isSideBySide()) {
            header.add("rate · CPU · p50/p99 ratio");
        }
        tableHead(header);
        for (Scenario scenario : scenarios) {
            List<String> cells = new ArrayList<>(List.of(scenario.title()));
            for (Contender broker : brokers) {
                cells.add(joined(SUMMARY.stream()
                        .map(figure -> figure.show(results.median(scenario, broker, figure.value())))
                        .toList()));
            }
            if (isSideBySide()) {
                cells.add(joined(
                        SUMMARY.stream().map(figure -> ratio(scenario, figure)).toList()));
            }
            tableRow(cells);
        }
        line("");
    }

    private static String joined(List<String> figures) {
        return String.format(
                Locale.ROOT, "%s · %s · %s/%s", figures.get(0), figures.get(1), figures.get(2), figures.get(3));
    }

    private void details(Scenario scenario) {
        line("### " + scenario.title());
        line("");
        List<String> header = new ArrayList<>(List.of("median"));
        brokers.forEach(broker -> header.add(broker.label()));
        if (isSideBySide()) {
            header.add("ratio");
        }
        tableHead(header);
        for (Figure figure : DETAILS) {
            List<OptionalDouble> medians = brokers.stream()
                    .map(broker -> results.median(scenario, broker, figure.value()))
                    .toList();
            if (medians.stream().anyMatch(OptionalDouble::isPresent)) {
                List<String> cells = new ArrayList<>(List.of(figure.title()));
                medians.forEach(median -> cells.add(figure.show(median)));
                if (isSideBySide()) {
                    cells.add(ratio(scenario, figure));
                }
                tableRow(cells);
            }
        }
        tableRow(roundsOf(scenario));
        line("");
    }

    /** Each round's rate, so that the reader sees how much they differ. */
    private List<String> roundsOf(Scenario scenario) {
        List<String> cells = new ArrayList<>(List.of("received/s of each round"));
        for (Contender broker : brokers) {
            cells.add(results.of(scenario, broker).stream()
                    .map(round -> switch (round) {
                        case Measured measured -> String.format(Locale.ROOT, "%,.0f", measured.receivedPerSecond());
                        case Failed _ -> "failed";
                    })
                    .reduce((left, right) -> left + " · " + right)
                    .orElse("not run"));
        }
        if (isSideBySide()) {
            cells.add("");
        }
        return cells;
    }

    private void failures() {
        for (Contender broker : brokers) {
            for (Scenario scenario : scenarios) {
                for (Round round : results.of(scenario, broker)) {
                    if (round instanceof Failed failed) {
                        line("");
                        line("**Failed round**: " + broker.label() + ", " + scenario.title() + ": " + failed.reason());
                    }
                }
            }
            if (broker.restarts() > 0) {
                line("");
                line("**Restarted**: " + broker.label() + " died and was started again, times: " + broker.restarts());
            }
        }
    }

    private boolean isSideBySide() {
        return brokers.size() == 2;
    }

    private String ratio(Scenario scenario, Figure figure) {
        return Figure.ratio(
                results.median(scenario, brokers.getFirst(), figure.value()),
                results.median(scenario, brokers.getLast(), figure.value()));
    }

    private void tableHead(List<String> cells) {
        tableRow(cells);
        line("|---".repeat(cells.size()) + "|");
    }

    private void tableRow(List<String> cells) {
        line("| " + String.join(" | ", cells) + " |");
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
