package io.ferrymq.server.settings;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Finds the word that somebody may have meant.
 *
 * <p>Thread contract: stateless.
 */
final class Nearest {
    private Nearest() {}

    /** The candidate with the fewest edits, or null if even that one differs in more than a third of its length. */
    static @Nullable String of(String word, Collection<String> candidates) {
        String nearest = null;
        int fewest = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int edits = edits(word, candidate);
            if (edits < fewest && edits <= Math.max(2, candidate.length() / 3)) {
                nearest = candidate;
                fewest = edits;
            }
        }
        return nearest;
    }

    /** Levenshtein's distance: insertions, deletions and replacements that turn one into the other. */
    private static int edits(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
