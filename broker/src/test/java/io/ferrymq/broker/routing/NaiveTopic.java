package io.ferrymq.broker.routing;

import java.util.List;

/** Matches one topic pattern with one key as the definition reads. */
public final class NaiveTopic {
    private NaiveTopic() {}

    public static boolean matches(String pattern, String key) {
        return matches(words(pattern), words(key));
    }

    private static boolean matches(List<String> pattern, List<String> key) {
        if (pattern.isEmpty()) {
            return key.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.getFirst().equals("#")) {
            return matches(rest, key) || (!key.isEmpty() && matches(pattern, key.subList(1, key.size())));
        }
        boolean wordFits = !key.isEmpty()
                && (pattern.getFirst().equals("*") || pattern.getFirst().equals(key.getFirst()));
        return wordFits && matches(rest, key.subList(1, key.size()));
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("\\.", -1));
    }
}
