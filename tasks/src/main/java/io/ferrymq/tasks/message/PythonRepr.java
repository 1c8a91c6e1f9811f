package io.ferrymq.tasks.message;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values as Python would print them, for logs, events and monitors that show arguments and results. Cut at {@link
 * #CHARS_MAX} characters.
 */
public final class PythonRepr {
    /** Celery's limit of {@code argsrepr} and {@code kwargsrepr}. */
    public static final int CHARS_MAX = 1024;

    private static final int DEPTH_MAX = 8;
    private static final String MORE = "...";

    private final StringBuilder out = new StringBuilder();

    private PythonRepr() {}

    public static String of(@Nullable Object value) {
        PythonRepr repr = new PythonRepr();
        repr.append(value, 0);
        return repr.cut();
    }

    /** As {@link #of}, with the parentheses of a tuple. */
    public static String ofTuple(List<?> values) {
        PythonRepr repr = new PythonRepr();
        repr.appendAll("(", values, values.size() == 1 ? ",)" : ")", 0);
        return repr.cut();
    }

    private String cut() {
        return out.length() <= CHARS_MAX ? out.toString() : out.substring(0, CHARS_MAX - MORE.length()) + MORE;
    }

    private boolean isFull() {
        return out.length() > CHARS_MAX;
    }

    private void append(@Nullable Object value, int depth) {
        if (isFull()) {
            return;
        }
        if (value == null) {
            out.append("None");
        } else if (value instanceof Boolean truth) {
            out.append(truth ? "True" : "False");
        } else if (value instanceof Number) {
            out.append(value);
        } else if (value instanceof Collection<?> list) {
            appendAll("[", list, "]", depth);
        } else if (value instanceof Map<?, ?> map) {
            appendMap(map, depth);
        } else if (value instanceof byte[] bytes) {
            out.append("b<").append(bytes.length).append(" bytes>");
        } else if (value instanceof UUID) {
            out.append("UUID('").append(value).append("')");
        } else {
            appendText(value.toString());
        }
    }

    private void appendAll(String begin, Collection<?> list, String end, int depth) {
        out.append(begin);
        if (depth >= DEPTH_MAX) {
            out.append(MORE);
        } else {
            Iterator<?> values = list.iterator();
            while (values.hasNext() && !isFull()) {
                append(values.next(), depth + 1);
                out.append(values.hasNext() ? ", " : "");
            }
        }
        out.append(end);
    }

    private void appendMap(Map<?, ?> map, int depth) {
        out.append('{');
        if (depth >= DEPTH_MAX) {
            out.append(MORE);
        } else {
            String separator = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator);
                append(entry.getKey(), depth + 1);
                out.append(": ");
                append(entry.getValue(), depth + 1);
                separator = ", ";
                if (isFull()) {
                    break;
                }
            }
        }
        out.append('}');
    }

    private void appendText(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < text.length() && !isFull(); i++) {
            appendEscaped(text.charAt(i), quote);
        }
        out.append(quote);
    }

    private void appendEscaped(char c, char quote) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\\' -> out.append("\\\\");
            default -> {
                if (c == quote) {
                    out.append('\\').append(c);
                } else if (Character.isISOControl(c)) {
                    out.append(String.format("\\x%02x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }
}
