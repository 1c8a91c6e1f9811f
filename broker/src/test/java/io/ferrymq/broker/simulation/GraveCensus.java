package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.simulation.Copy.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the graveyard held: dead letters, each with the queue that it died in. A message that died only in the census, too
 * old or too many, may have another fate in its queue: such a letter tells of it and is not there yet.
 */
final class GraveCensus {
    private record Grave(int id, String source) {}

    private final Promise promise;
    private final ModelQueue graveyard;
    private final Map<Grave, Integer> onDisk = new HashMap<>();
    private final Map<Grave, Integer> inCensus = new HashMap<>();
    private final Map<Grave, Long> latestMillis = new HashMap<>();

    GraveCensus(Promise promise, Census census) {
        this.promise = promise;
        this.graveyard = promise.graveyard();
        for (Census.Found letter : census.in(graveyard)) {
            Seen seen = letter.seen();
            assertThat(seen.intact())
                    .as("a dead letter is found as it was sent: %s", seen)
                    .isTrue();
            Grave grave = new Grave(seen.id(), Objects.requireNonNull(seen.diedIn()));
            (letter.onDisk() ? onDisk : inCensus).merge(grave, 1, Integer::sum);
            latestMillis.merge(grave, letter.atMillis(), Math::max);
        }
    }

    /** Whether the graveyard has, had and gave away, or could not keep a message that died in its queue. */
    boolean tellOf(Copy dead) {
        return !graveyard.keeps(dead.message)
                || latestMillis.containsKey(new Grave(dead.message.id, dead.queue.name))
                || known(dead.message, dead.queue).stream()
                        .anyMatch(copy -> copy.delivered || copy.state == State.SETTLED);
    }

    private List<Copy> known(Published message, ModelQueue source) {
        return graveyard.copies.stream()
                .filter(copy -> copy.message == message && copy.source == source)
                .toList();
    }

    void require() {
        Map<Grave, List<Copy>> known = new HashMap<>();
        for (Copy copy : graveyard.copies) {
            String source = Objects.requireNonNull(copy.source).name;
            known.computeIfAbsent(new Grave(copy.message.id, source), grave -> new ArrayList<>())
                    .add(copy);
        }
        latestMillis.keySet().forEach(grave -> known.computeIfAbsent(grave, none -> new ArrayList<>()));
        known.forEach(this::require);
        graveyard.copies.removeIf(copy -> copy.stateCertain && !copy.delivered);
    }

    private void require(Grave grave, List<Copy> known) {
        int count = onDisk.getOrDefault(grave, 0);
        int told = count + inCensus.getOrDefault(grave, 0);
        List<Copy> possible = new ArrayList<>(
                known.stream().filter(copy -> !copy.stateCertain).toList());
        long kept = possible.stream().filter(GraveCensus::isKept).count();
        assertThat((long) count)
                .as("a dead letter is kept until somebody takes it: %s of %s", grave, known)
                .isGreaterThanOrEqualTo(kept);
        if (told > possible.size()) {
            requireDied(grave);
            assertThat(told - possible.size())
                    .as("a message dies once, and once more for each power loss: %s of %s", grave, known)
                    .isLessThanOrEqualTo(1 + promise.powerLosses);
        }
        possible.sort(Comparator.comparing((Copy copy) -> !isKept(copy)));
        for (int i = 0; i < possible.size(); i++) {
            Copy copy = possible.get(i);
            boolean present = i < count;
            copy.state = present ? State.READY : State.SETTLED;
            copy.certain = present;
            copy.stateCertain = !present;
        }
    }

    private static boolean isKept(Copy copy) {
        return copy.certain && copy.survives() && copy.state != State.SETTLED;
    }

    /** A death that no client has seen: it is known when its dead letter is delivered. */
    private void requireDied(Grave grave) {
        Published message = promise.message(grave.id);
        @Nullable ModelQueue source = promise.queueEver(grave.source);
        Copy origin = message.copies.stream()
                .filter(copy -> copy.queue == source)
                .findFirst()
                .orElseThrow(() -> new AssertionError("a dead letter tells where it died: " + grave));
        assertThat(origin.mayHaveLeft(Objects.requireNonNull(latestMillis.get(grave))) || origin.state == State.DEAD)
                .as("a message dies only as its queue's terms say: %s, %s", grave, origin)
                .isTrue();
    }
}
