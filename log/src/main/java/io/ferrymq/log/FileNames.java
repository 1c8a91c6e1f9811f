package io.ferrymq.log;

import java.util.OptionalLong;

/** What the files of a directory are called. Numbers are 16 hexadecimal digits, so that names sort as they were made. */
final class FileNames {
    static final String JOURNAL = "j-";
    static final String CHECKPOINT = "c-";
    static final String SCRATCH = "t-";
    static final String SPARE = "free-";
    static final String LOST = "lost-";
    static final String SUPERBLOCK = "super.";
    static final String NEWEST = "newest.";
    static final String TEMPORARY = ".tmp";

    private static final int DIGITS = 16;

    private FileNames() {}

    static String numbered(String prefix, long number) {
        String digits = Long.toHexString(number);
        return prefix + "0".repeat(DIGITS - digits.length()) + digits;
    }

    /** The number in a name of this kind; empty if the name is not of this kind. */
    static OptionalLong number(String prefix, String name) {
        if (!name.startsWith(prefix) || name.length() != prefix.length() + DIGITS) {
            return OptionalLong.empty();
        }
        long number = 0;
        for (int i = prefix.length(); i < name.length(); i++) {
            int digit = Character.digit(name.charAt(i), 16);
            if (digit < 0 || Character.isUpperCase(name.charAt(i))) {
                return OptionalLong.empty();
            }
            number = number << 4 | digit;
        }
        return OptionalLong.of(number);
    }
}
