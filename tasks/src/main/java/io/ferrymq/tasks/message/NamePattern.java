package io.ferrymq.tasks.message;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression that came in a message. Nobody's can hold a worker up: it is short, the matcher may look at a limited
 * number of characters, and what is not decided by then counts as no match. Any thread.
 */
public final class NamePattern {
    private static final int CHARS_MAX = 1_024;
    private static final int LOOKS_MAX = 100_000;

    /** Counted repetitions, which can take time without a look at the name; the product of all of them is bounded. */
    private static final Pattern REPETITION = Pattern.compile("\\{\\d*,?(\\d*)\\}");

    private static final double REPETITIONS_MAX = 10_000;

    private final Pattern pattern;

    private NamePattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * Reads one.
     *
     * @throws BadMessageException if it is none, or too long
     */
    static NamePattern of(String regex) {
        if (regex.length() > CHARS_MAX) {
            throw new BadMessageException("a command with a pattern of " + regex.length() + " characters");
        }
        if (repetitions(regex) > REPETITIONS_MAX) {
            throw new BadMessageException("a command with too many repetitions: " + PythonRepr.of(regex));
        }
        try {
            return new NamePattern(Pattern.compile(regex));
        } catch (PatternSyntaxException | StackOverflowError e) {
            throw new BadMessageException("a command with a wrong pattern: " + PythonRepr.of(regex), e);
        }
    }

    private static double repetitions(String regex) {
        return REPETITION
                .matcher(regex)
                .results()
                .flatMap(found -> Pattern.compile("\\d+").matcher(found.group()).results())
                .mapToDouble(number -> Math.max(1, Double.parseDouble(number.group())))
                .reduce(1, (one, other) -> one * other);
    }

    /** One that stands for itself, but for {@code *} and {@code ?}. */
    static NamePattern ofGlob(String glob) {
        if (glob.length() > CHARS_MAX) {
            throw new BadMessageException("a command with a pattern of " + glob.length() + " characters");
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return new NamePattern(Pattern.compile(regex.toString()));
    }

    /** Whether it fits the whole name. */
    boolean matches(String name) {
        try {
            return pattern.matcher(new WatchedName(name)).matches();
        } catch (TooManyLooksException | StackOverflowError e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return pattern.toString();
    }

    /** A name that lets itself be looked at a limited number of times. */
    private static final class WatchedName implements CharSequence {
        private final String name;
        private int looks;

        WatchedName(String name) {
            this.name = name;
        }

        @Override
        public int length() {
            return name.length();
        }

        @Override
        public char charAt(int index) {
            if (++looks > LOOKS_MAX) {
                throw new TooManyLooksException();
            }
            return name.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return name.substring(start, end);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final class TooManyLooksException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyLooksException() {
            super(null, null, false, false);
        }
    }
}
