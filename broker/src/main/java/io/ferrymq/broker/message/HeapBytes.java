package io.ferrymq.broker.message;

/** Estimates of what values take on the heap, in bytes. */
public final class HeapBytes {
    private static final long TEXT = 40;
    private static final int LATIN_MAX = 0xFF;

    private HeapBytes() {}

    /** A text of its own: a byte for each character, or two if one of them is beyond Latin-1. */
    public static long ofText(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > LATIN_MAX) {
                return TEXT + 2L * text.length();
            }
        }
        return TEXT + text.length();
    }
}
