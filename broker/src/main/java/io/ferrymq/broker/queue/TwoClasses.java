package io.ferrymq.broker.queue;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The precedence of quorum queues, which is that of RabbitMQ 4: a priority above {@value #NORMAL_MAX} is high, all others
 * are normal, as are messages without one. Of three messages two are high ones if there are any, and the third is the
 * oldest of all. So nobody waits for ever, and what is high does not wait for what came after it.
 *
 * <p>How many were taken is memory of this process: after a restart the count begins anew.
 *
 * <pre>
 *  level  holds
 *   0     what was in the queue before it had classes: read from old checkpoints, normal, older than all in level 1
 *   1     normal
 *   2     high
 * </pre>
 *
 * <p>Settle ranges of that time name level 0 and are about messages that a replay of the same log puts into levels 1 and
 * 2. Ranges of today that name level 0 are about sequences older than all in other levels. So a range of level 0 covers
 * every level.
 */
final class TwoClasses implements Precedence {
    static final int NORMAL_MAX = 4;

    private static final int EARLIER = 0;
    private static final int NORMAL = 1;
    private static final int HIGH = 2;
    private static final int HIGH_IN_A_ROW = 2;

    private final Head normal = new Head();
    private int takenSinceOldest;

    @Override
    public int levelCount() {
        return HIGH + 1;
    }

    @Override
    public int levelOf(int priority) {
        return priority > NORMAL_MAX ? HIGH : NORMAL;
    }

    @Override
    public boolean peek(@Nullable Level[] levels, BitSet ready, Head head) {
        if (!peek(levels[HIGH], head)) {
            return peekNormal(levels, head);
        }
        boolean oldestIsNext = takenSinceOldest == HIGH_IN_A_ROW && peekNormal(levels, normal);
        if (oldestIsNext && normal.entry().sequence < head.entry().sequence) {
            head.set(normal.level(), normal.entry(), normal.returned());
        }
        return true;
    }

    private static boolean peekNormal(@Nullable Level[] levels, Head head) {
        return peek(levels[EARLIER], head) || peek(levels[NORMAL], head);
    }

    private static boolean peek(@Nullable Level level, Head head) {
        return level != null && level.peek(head);
    }

    @Override
    public void taken() {
        takenSinceOldest = takenSinceOldest == HIGH_IN_A_ROW ? 0 : takenSinceOldest + 1;
    }

    @Override
    public boolean covers(int rangeLevel, int level) {
        return rangeLevel == level || rangeLevel == EARLIER;
    }
}
