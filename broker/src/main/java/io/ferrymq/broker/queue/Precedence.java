package io.ferrymq.broker.queue;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Which level of a queue a message belongs to, and which level the next message comes from. Lane only. */
sealed interface Precedence permits HighestFirst, TwoClasses {
    /** Levels have the numbers from 0 up to this one, itself not included. */
    int levelCount();

    /** The level that a message of this priority joins when it comes. */
    int levelOf(int priority);

    /**
     * Shows the next ready message; false if there is none. Elements of {@code levels} that do not exist are null; {@code
     * ready} has the numbers of those with ready messages.
     */
    boolean peek(@Nullable Level[] levels, BitSet ready, Head head);

    /** What {@link #peek} showed was taken. */
    void taken();

    /** Whether a settle range that names one level is about the entries of another. */
    boolean covers(int rangeLevel, int level);
}
