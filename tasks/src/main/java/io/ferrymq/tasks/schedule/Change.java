package io.ferrymq.tasks.schedule;

import io.ferrymq.tasks.message.Signature;
import java.time.Instant;

/** What somebody wants changed. Immutable. */
sealed interface Change {
    int NAME_CHARS_MAX = 200;

    String name();

    /** Puts an entry, in place of an earlier one of the name. */
    record Put(String name, Instant at, Schedule schedule, Signature call, MissedRuns missed) implements Change {
        public Put {
            requireName(name);
        }
    }

    /** Forgets an entry. */
    record Remove(String name) implements Change {
        public Remove {
            requireName(name);
        }
    }

    /** Has an entry fire no more until it is resumed. */
    record Pause(String name) implements Change {
        public Pause {
            requireName(name);
        }
    }

    /** Has an entry fire again. */
    record Resume(String name) implements Change {
        public Resume {
            requireName(name);
        }
    }

    /** Has an entry fire now, whenever its next tick is; {@code id} is the request's own. */
    record Run(String name, Instant at, String id) implements Change {
        public Run {
            requireName(name);
        }
    }

    private static void requireName(String name) {
        if (name.isBlank() || name.length() > NAME_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "the name of an entry has 1 to " + NAME_CHARS_MAX + " characters, not " + name.length());
        }
    }
}
