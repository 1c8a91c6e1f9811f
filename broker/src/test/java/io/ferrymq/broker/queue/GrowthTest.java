package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** Nothing that grows with the messages takes much at once: there has to be time to see that memory becomes short. */
final class GrowthTest {
    private static final int MESSAGES = 300_000;
    private static final long STEP_BYTES_MAX = 300_000;

    private long heldBytes;
    private long largestStep;
    private final LongConsumer held = bytes -> {
        heldBytes += bytes;
        largestStep = Math.max(largestStep, bytes);
    };

    @Test
    void failuresGrowAndShrinkInSmallSteps() {
        SequenceMap map = new SequenceMap(held);
        for (long i = 1; i <= MESSAGES; i++) {
            map.put(2 * i, i);
        }
        assertThat(largestStep).isLessThan(STEP_BYTES_MAX);
        assertThat(heldBytes).isEqualTo(map.memoryBytes()).isBetween(16L * MESSAGES, 45L * MESSAGES);
        for (long i = 1; i <= MESSAGES - MESSAGES / 20; i++) {
            assertThat(map.get(2 * i, 0)).isEqualTo(i);
            map.remove(2 * i);
        }
        assertThat(heldBytes).isEqualTo(map.memoryBytes()).isLessThan(16L * MESSAGES);
        for (long i = MESSAGES - MESSAGES / 20 + 1; i <= MESSAGES; i++) {
            assertThat(map.get(2 * i, 0)).isEqualTo(i);
            map.remove(2 * i);
        }
        assertThat(heldBytes).isEqualTo(map.memoryBytes()).isLessThan(200);
    }

    @Test
    void messagesThatCameBackGrowAndShrinkInSmallSteps() {
        Returned returned = new Returned(held);
        for (long i = 0; i < MESSAGES; i++) {
            returned.add(MESSAGES - i);
        }
        assertThat(largestStep).isLessThan(STEP_BYTES_MAX);
        assertThat(heldBytes).isEqualTo(returned.memoryBytes()).isBetween(8L * MESSAGES, 9L * MESSAGES);
        for (long i = 1; i <= MESSAGES; i++) {
            assertThat(returned.first()).isEqualTo(i);
            returned.removeFirst();
            assertThat(heldBytes).isLessThan(8 * (MESSAGES - i) + 100_000);
        }
        assertThat(returned.isEmpty()).isTrue();
        assertThat(heldBytes).isEqualTo(returned.memoryBytes()).isZero();
    }

    @Test
    void messagesThatRestGrowAndShrinkInSmallSteps() {
        Rests rests = new Rests(held);
        for (long i = 0; i < MESSAGES; i++) {
            rests.add(MESSAGES - i, 0, i);
        }
        assertThat(largestStep).isLessThan(STEP_BYTES_MAX);
        assertThat(heldBytes).isEqualTo(rests.memoryBytes()).isBetween(24L * MESSAGES, 25L * MESSAGES);
        for (long i = 1; i <= MESSAGES; i++) {
            assertThat(rests.firstWakesAtMillis()).isEqualTo(i);
            rests.removeFirst();
        }
        assertThat(heldBytes).isEqualTo(rests.memoryBytes()).isZero();
    }

    @Test
    void whatRestedBeforeARestartIsCountedUntilTheCursorHasPassedIt() {
        Chain chain = new Chain();
        Cursor cursor = new Cursor(chain, held);
        for (int i = 0; i < MESSAGES; i++) {
            chain.append(2L * i + 2, 100, true, Entry.NEVER);
            if (i < MESSAGES - 1) {
                cursor.passOver(i);
            }
        }
        assertThat(largestStep).isLessThan(STEP_BYTES_MAX);
        assertThat(heldBytes).isEqualTo(cursor.memoryBytes()).isBetween(8L * MESSAGES, 9L * MESSAGES);
        Entry shown = cursor.peek();
        assertThat(shown).isNotNull();
        assertThat(shown.ordinal).isEqualTo(MESSAGES - 1);
        cursor.take();
        assertThat(cursor.peek()).isNull();
    }
}
