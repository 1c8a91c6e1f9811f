package io.ferrymq.bench;

import io.ferrymq.bench.Round.Failed;
import io.ferrymq.bench.Round.Measured;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The rounds that were run, by scenario and contender. */
final class Results {
    private record Key(Scenario scenario, Contender broker) {}

    private final Map<Key, List<Round>> rounds = new LinkedHashMap<>();

    void add(Scenario scenario, Contender broker, Round round) {
        rounds.computeIfAbsent(new Key(scenario, broker), key -> new ArrayList<>())
                .add(round);
    }

    List<Round> of(Scenario scenario, Contender broker) {
        return rounds.getOrDefault(new Key(scenario, broker), List.of());
    }

    boolean anyFailed() {
        return rounds.values().stream().flatMap(List::stream).anyMatch(Failed.class::isInstance);
    }

    /** The median over the rounds that were measured and have this figure; empty if there is none. */
    OptionalDouble median(Scenario scenario, Contender broker, Function<Measured, OptionalDouble> figure) {
        double[] values = of(scenario, broker).stream()
                .filter(Measured.class::isInstance)
                .map(Measured.class::cast)
                .map(figure)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .sorted()
                .toArray();
        if (values.length == 0) {
            return OptionalDouble.empty();
        }
        int middle = values.length / 2;
        return OptionalDouble.of(values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2);
    }
}
