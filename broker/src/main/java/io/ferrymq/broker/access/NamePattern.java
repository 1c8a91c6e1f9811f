package io.ferrymq.broker.access;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of a permission, compiled once, with its newest answers.
 *
 * <p>Nobody's pattern can hold the lane up: names are short, the matcher may look at a limited number of characters, and
 * what is not decided by then counts as no match.
 *
 * <p>Owned by the shard's lane.
 */
final class NamePattern {
    static final int PATTERN_LENGTH_MAX = 1024;
    static final int NAME_LENGTH_MAX = 255;
    static final int ANSWERS_MAX = 1024;

    private static final int LOOKS_MAX = 100_000;
    private static final int REPETITIONS_MAX = 10_000;
    private static final Pattern REPETITION = Pattern.compile("\\{(\\d{1,9})(,(\\d{0,9}))?\\}");
    private static final String EVERYTHING = ".*";

    private final String text;
    private final Optional<Pattern> compiled;
    private final Map<String, Boolean> answers = new HashMap<>();

    /** A pattern; one that is not a regular expression matches nothing. */
    NamePattern(String text) {
        this.text = text;
        this.compiled = problem(text).isEmpty() ? Optional.of(Pattern.compile(text)) : Optional.empty();
    }

    /**
     * Checks a pattern that a permission is to be made with.
     *
     * @throws RefusedException with {@code InvalidText}
     */
    static void requireValid(String text) {
        problem(text).ifPresent(why -> {
            throw new RefusedException(new Refusal.InvalidText("pattern", text, why));
        });
    }

    boolean matches(String name) {
        if (text.equals(EVERYTHING)) {
            return true;
        }
        if (text.isEmpty()) {
            return name.isEmpty();
        }
        Boolean known = answers.get(name);
        return known != null ? known : remember(name, decide(name));
    }

    private boolean remember(String name, boolean answer) {
        if (answers.size() == ANSWERS_MAX) {
            answers.clear();
        }
        answers.put(name, answer);
        return answer;
    }

    private boolean decide(String name) {
        if (compiled.isEmpty() || name.length() > NAME_LENGTH_MAX) {
            return false;
        }
        try {
            return compiled.get().matcher(new WatchedText(name)).find();
        } catch (TooManyLooksException | StackOverflowError _) {
            return false;
        }
    }

    private static Optional<String> problem(String text) {
        if (text.length() > PATTERN_LENGTH_MAX) {
            return Optional.of("longer than " + PATTERN_LENGTH_MAX + " characters");
        }
        if (repetitions(text) > REPETITIONS_MAX) {
            return Optional.of("asks for more than " + REPETITIONS_MAX + " repetitions");
        }
        try {
            Pattern.compile(text);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of(e.getDescription());
        }
    }

    /** The product of all counted repetitions: these can take time without a look at the text. */
    private static double repetitions(String text) {
        Matcher matcher = REPETITION.matcher(text);
        return matcher.results().mapToDouble(NamePattern::count).reduce(1, (one, other) -> one * other);
    }

    private static double count(MatchResult repetition) {
        String upper = repetition.group(3);
        String number = upper == null || upper.isEmpty() ? repetition.group(1) : upper;
        return Math.max(1, Double.parseDouble(number));
    }

    @Override
    public String toString() {
        return text;
    }

    /** Text that lets itself be looked at a limited number of times. */
    private static final class WatchedText implements CharSequence {
        private final String text;
        private int looks;

        private WatchedText(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++looks > LOOKS_MAX) {
                throw new TooManyLooksException();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class TooManyLooksException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private TooManyLooksException() {
            super(null, null, false, false);
        }
    }
}
