package io.ferrymq.broker.queue;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** A level for each priority up to a highest one; nothing is taken while a higher level has something. */
final class HighestFirst implements Precedence {
    private final int maxPriority;

    HighestFirst(int maxPriority) {
        this.maxPriority = maxPriority;
    }

    @Override
    public int levelCount() {
        return maxPriority + 1;
    }

    @Override
    public int levelOf(int priority) {
        return Math.min(priority, maxPriority);
    }

    @Override
    public boolean peek(@Nullable Level[] levels, BitSet ready, Head head) {
        for (int i = ready.length() - 1; i >= 0; i = ready.previousSetBit(i - 1)) {
            Level level = levels[i];
            if (level != null && level.peek(head)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void taken() {}

    @Override
    public boolean covers(int rangeLevel, int level) {
        return levelOf(rangeLevel) == level;
    }
}
