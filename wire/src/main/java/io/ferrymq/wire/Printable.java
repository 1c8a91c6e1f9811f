package io.ferrymq.wire;

/**
 * Text as it may stand in a line for people: what a client has chosen (a user's name, a routing key) cannot end the line,
 * move the cursor of a terminal or turn the direction of writing.
 *
 * <p>Thread contract: stateless.
 */
public final class Printable {
    private Printable() {}

    /** The same of a text's first {@code charsMax} characters, and how many there are if there are more. */
    public static String beginningOf(String text, int charsMax) {
        return text.length() <= charsMax
                ? of(text)
                : of(text.substring(0, charsMax)) + "... (" + text.length() + " characters)";
    }

    /** The text with every character that does not show itself as its escape: {@code \n}, {@code \u001b}. */
    public static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isHidden(text.charAt(i))) {
                return escaped(text, i);
            }
        }
        return text;
    }

    /** Whether the character controls something instead of showing itself. */
    public static boolean isHidden(char character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    private static String escaped(String text, int from) {
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, from);
        for (int i = from; i < text.length(); i++) {
            char next = text.charAt(i);
            boolean isPair = Character.isHighSurrogate(next)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (isPair) {
                i = pair(out, text, i);
            } else if (isHidden(next)) {
                escape(out, next);
            } else {
                out.append(next);
            }
        }
        return out.toString();
    }

    /** A character of two; returns the index of its second half. */
    private static int pair(StringBuilder out, String text, int at) {
        int point = text.codePointAt(at);
        switch (Character.getType(point)) {
            case Character.FORMAT, Character.PRIVATE_USE, Character.UNASSIGNED -> {
                escape(out, text.charAt(at));
                escape(out, text.charAt(at + 1));
            }
            default -> out.appendCodePoint(point);
        }
        return at + 1;
    }

    private static void escape(StringBuilder out, char character) {
        switch (character) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> out.append("\\u").append("%04x".formatted((int) character));
        }
    }
}
