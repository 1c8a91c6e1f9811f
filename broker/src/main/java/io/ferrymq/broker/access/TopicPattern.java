package io.ferrymq.broker.access;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A regular expression for routing keys with names in braces, which stand for what the session knows. Each different
 * expansion is compiled once.
 *
 * <p>Owned by the shard's lane.
 */
final class TopicPattern {
    private static final int EXPANSIONS_MAX = 256;
    private static final Pattern VARIABLE = Pattern.compile("\\{[A-Za-z_]\\w*\\}");

    private final String text;
    private final Map<String, NamePattern> expansions = new HashMap<>();

    TopicPattern(String text) {
        this.text = text;
    }

    /**
     * Checks a pattern that a permission is to be made with.
     *
     * @throws io.ferrymq.broker.RefusedException with {@code InvalidText}
     */
    static void requireValid(String text) {
        NamePattern.requireValid(VARIABLE.matcher(text).replaceAll("x"));
    }

    boolean matches(String routingKey, Map<String, String> variables) {
        String expanded = expand(variables);
        NamePattern pattern = expansions.get(expanded);
        if (pattern == null) {
            pattern = compile(expanded);
        }
        return pattern.matches(routingKey);
    }

    /** The text with every variable's value in the place of its name, so that the value stands for nothing but itself. */
    private String expand(Map<String, String> variables) {
        if (text.indexOf('{') < 0) {
            return text;
        }
        String expanded = text;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            expanded = expanded.replace("{" + variable.getKey() + "}", literal(variable.getValue()));
        }
        return expanded;
    }

    private NamePattern compile(String expanded) {
        if (expansions.size() == EXPANSIONS_MAX) {
            expansions.clear();
        }
        NamePattern pattern = new NamePattern(expanded);
        expansions.put(expanded, pattern);
        return pattern;
    }

    private static String literal(String value) {
        StringBuilder escaped = new StringBuilder(value.length() + 8);
        for (int i = 0; i < value.length(); i++) {
            char next = value.charAt(i);
            if (next < 128 && !Character.isLetterOrDigit(next)) {
                escaped.append('\\');
            }
            escaped.append(next);
        }
        return escaped.toString();
    }

    @Override
    public String toString() {
        return text;
    }
}
