package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.log.HeapWalk;
import org.junit.jupiter.api.Test;

final class ChainTest {
    private static final int STANDING = 10_000;
    private static final int PASSING = 100_000;
    private static final int PAGE_ENTRIES_MIN = 1_000;

    private final Chain chain = new Chain();
    private final Cursor cursor = new Cursor(chain, _ -> {});
    private long sequence;

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            chain.append(sequence += 2, 100, true, Entry.NEVER);
        }
    }

    private long take() {
        long ordinal = cursor.peek().ordinal;
        cursor.take();
        return ordinal;
    }

    private void pass(int count) {
        for (int i = 0; i < count; i++) {
            append(1);
            chain.settle(take());
        }
    }

    private void keepsNoPageThatPassed() {
        pass(PASSING);
        assertThat(HeapWalk.count(chain, IndexPage.class)).isLessThan(STANDING / PAGE_ENTRIES_MIN + 2);
        assertThat(HeapWalk.count(cursor, IndexPage.class)).isLessThan(STANDING / PAGE_ENTRIES_MIN + 2);
    }

    @Test
    void oneMessageThatCameBackKeepsNoPageThatPassesAfterwards() {
        append(STANDING);
        long ordinal = take();
        chain.find(ordinal);
        chain.settle(ordinal);
        keepsNoPageThatPassed();
    }

    @Test
    void oneRangeThatTheLogNamesKeepsNoPageThatPassesAfterwards() {
        append(STANDING);
        chain.settleRange(2, 2, _ -> {});
        keepsNoPageThatPassed();
    }

    @Test
    void aCursorThatStandsStillKeepsNoPageThatPasses() {
        append(1);
        chain.settle(take());
        for (int ordinal = 1; ordinal < PASSING; ordinal++) {
            append(1);
            if (ordinal >= STANDING) {
                chain.settle(ordinal - STANDING + 1);
            }
        }
        assertThat(HeapWalk.count(cursor, IndexPage.class)).isLessThan(STANDING / PAGE_ENTRIES_MIN + 2);
        assertThat(cursor.peek().ordinal).isEqualTo(PASSING - STANDING + 1);
    }
}
